import { clockFromEnvironment } from "@millwright/kit/clock";
import { type Command, exitCode } from "@millwright/kit/command-line";
import { untilShutdown } from "@millwright/kit/shutdown";
import type { Selectable } from "kysely";
import { pino } from "pino";
import { readGatewayConfig } from "../config/read-gateway-config.ts";
import { startGateway } from "../main.ts";
import { findPages } from "../pages.ts";
import type { TicketRow } from "../store/tables.ts";
import { failureTitle, levelTexts, verdictTexts } from "../tickets/texts.ts";
import { ticketId } from "../tickets/ticket-id.ts";

export const runCommand: Command = {
  summary: "Run the gateway: broker (embedded or yours), ingest, tickets, pages.",
  options: {
    config: {
      type: "string",
      value: "FILE",
      help: "gateway.yaml; without it, the defaults: embedded broker, port 8080, data below this folder",
    },
    ledger: { type: "string", value: "FILE", help: "append one JSON line per record, after it is committed" },
  },
  async run({ values, isJson }) {
    const config = readGatewayConfig(text(values["config"]));
    const logger = pino(
      { level: process.env["MILLWRIGHT_LOG"] ?? "warn", base: null, timestamp: pino.stdTimeFunctions.isoTime },
      pino.destination({ fd: 2, sync: true }),
    );
    const say = sayer(isJson);
    let http = "";
    const gateway = await startGateway({
      config,
      logger,
      clock: clockFromEnvironment(),
      pages: await findPages(logger),
      ledger: text(values["ledger"]) ?? null,
      onTicketOpened: (ticket) =>
        say(
          openedLine(ticket, http),
          `${ticketId(ticket.no)}  ${levelTexts[ticket.level]}  ${ticket.machine} at ${ticket.site}: ${failureTitle(ticket.failure_mode)}  ${ticketUrl(http, ticket)}`,
        ),
      onTicketClosed: (ticket) =>
        say(
          { event: "ticket_closed", id: ticketId(ticket.no), verdict: ticket.verdict, actor: ticket.actor },
          `${ticketId(ticket.no)}  closed by ${ticket.actor}: ${verdictTexts[ticket.verdict as keyof typeof verdictTexts]}`,
        ),
      onStoreLost: (fault) => {
        process.stderr.write(`${fault.message}\n`);
        process.exit(exitCode.failed);
      },
    });
    http = gateway.http;
    say(
      { event: "ready", http: gateway.http, mqtt: gateway.mqtt, store: gateway.store },
      `Pages   ${gateway.http}\nBroker  ${gateway.mqtt}\nStore   ${config.data_dir}\nCtrl-C ends the gateway.`,
    );
    await untilShutdown();
    await gateway.close();
    return exitCode.ok;
  },
};

const text = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);
const sayer =
  (isJson: boolean) =>
  (line: object, plain: string): void =>
    void process.stdout.write(`${isJson ? JSON.stringify(line) : plain}\n`);
const ticketUrl = (http: string, { no }: { no: number }): string => `${http}/#/ticket/${ticketId(no)}`;

function openedLine(ticket: Selectable<TicketRow>, http: string): object {
  const { no, site, machine, failure_mode, level, opened_ms } = ticket;
  return {
    event: "ticket_opened",
    id: ticketId(no),
    site,
    machine,
    failure_mode,
    level,
    opened_at: new Date(opened_ms).toISOString(),
    opened_ms,
    url: ticketUrl(http, ticket),
  };
}
