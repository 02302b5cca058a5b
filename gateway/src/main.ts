// The gateway put together: the only file that picks real implementations.
//   broker → intake → store (records, incidents, tickets, commands in one transaction) → receipts → API and pages
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { GatewayConfig } from "@millwright/contract/gateway-config";
import { gatewayFilters } from "@millwright/contract/topics";
import type { Clock } from "@millwright/kit/clock";
import { type Fault, messageOf } from "@millwright/kit/fault";
import { type MqttSession, openMqttSession } from "@millwright/kit/mqtt-session";
import type { Logger } from "pino";
import { collectDefaultMetrics, Gauge, Registry } from "prom-client";
import { createServer, listen } from "./api/server.ts";
import { type EmbeddedBroker, gatewayClientId, startEmbeddedBroker } from "./broker/embedded-broker.ts";
import { createCommandSender } from "./commands/command-sender.ts";
import { createEmit, type Emit } from "./events.ts";
import { fault } from "./faults.ts";
import { markAllOffline } from "./fleet/store-state.ts";
import { createIntake } from "./ingest/intake.ts";
import { appendLedger } from "./ledger-file.ts";
import { startRetention } from "./schedule/retention.ts";
import { openSqliteStore } from "./store/sqlite-store.ts";
import type { OpenedModelTicket } from "./tickets/model-tickets.ts";
import type { OpenedTicket } from "./tickets/sync-ticket.ts";
import { modelTicketId, ticketId } from "./tickets/ticket-id.ts";

// A goodbye to a broker that does not answer takes no longer (mqtt.js waits for what is in flight, without end).
const goodbyeMs = 1_500;
// How long the start waits for the broker.
const firstConnectMs = 3_000;

export type GatewayOptions = {
  config: GatewayConfig;
  clock: Clock;
  logger: Logger;
  /** Folder of the built pages; null serves none. */
  pages: string | null;
  ledger: string | null;
  onTicketOpened: (ticket: OpenedTicket) => void;
  onTicketClosed: (ticket: OpenedTicket) => void;
  /** Nothing can be stored any more: only a new start helps. */
  onStoreLost: (fault: Fault) => void;
};

export type Gateway = { http: string; mqtt: string; store: string; close(): Promise<void> };

/** Starts everything; resolves when pages are served and the broker is connected, or after a moment without it. @throws Fault. */
export async function startGateway({
  config,
  clock,
  logger,
  pages,
  ledger,
  onTicketOpened,
  onTicketClosed,
  onStoreLost,
}: GatewayOptions): Promise<Gateway> {
  const registry = new Registry();
  const emit = createEmit(logger, registry);
  collectDefaultMetrics({ register: registry });
  const closers: (() => Promise<unknown>)[] = [];
  let isClosing = false;
  const closeAll = async (): Promise<void> => {
    isClosing = true;
    for (const close of closers.reverse())
      await close().catch((error: unknown) => emit("task_failed", { task: "closing", error: messageOf(error) }));
  };
  try {
    const store = await openSqliteStore(join(config.data_dir, "gateway.db"), clock.wallMs(), onStoreLost);
    closers.push(() => store.close());
    await store.transaction(markAllOffline);
    const broker = await openBroker(config, emit);
    closers.push(broker.close);

    let session: MqttSession | null = null;
    const publish = (topic: string, payload: string): Promise<void> =>
      session?.publish(topic, payload) ?? Promise.reject(new Error("not connected yet"));
    const sayModelTicket = ({ no, machine, cause }: OpenedModelTicket): void =>
      emit("model_ticket_opened", { id: modelTicketId(no), machine, cause });
    const commands = createCommandSender({ store, publish, emit });
    const intake = createIntake({
      store,
      publish,
      emit,
      wallMs: clock.wallMs,
      async onCommitted({ newRecords, opened, openedModelTickets, born, doneCommands }) {
        for (const ticket of opened) {
          emit("ticket_opened", { id: ticketId(ticket.no), machine: ticket.machine, level: ticket.level });
          onTicketOpened(ticket);
        }
        openedModelTickets.forEach(sayModelTicket);
        for (const agent of born) commands.wakeFor(agent);
        for (const id of doneCommands) emit("command_done", { id });
        if (ledger !== null) await appendLedger(ledger, newRecords);
      },
    });
    const retention = startRetention({ store, clock, emit, telemetryDays: config.telemetry_days });
    closers.push(
      () => retention.close(),
      () => intake.close(),
      () => commands.close(),
    );

    const link = () => ({
      broker: session?.isConnected === true ? ("connected" as const) : ("disconnected" as const),
      waiting: intake.depth,
    });
    const onClosed = (ticket: OpenedTicket, proposed: OpenedModelTicket | undefined): void => {
      commands.wake();
      emit("ticket_closed", { id: ticketId(ticket.no), verdict: ticket.verdict });
      if (proposed !== undefined) sayModelTicket(proposed);
      onTicketClosed(ticket);
    };
    const onRelearn = ({ site, name, actor }: { site: string; name: string; actor: string }): void => {
      commands.wake();
      emit("relearn_asked", { site, machine: name, actor });
    };
    new Gauge({
      name: "millwright_gateway_intake_depth",
      help: "Messages that wait to be stored",
      registers: [registry],
      collect() {
        this.set(intake.depth);
      },
    });
    const app = await createServer({
      store,
      wallMs: clock.wallMs,
      ticketGoal: config.ticket_goal,
      emit,
      registry,
      pages,
      broker: { kind: config.broker.kind, url: broker.url },
      link,
      onClosed,
      onRelearn,
    });
    closers.push(() => app.close());
    const http = await listen(app, config.http.port);

    const connected = Promise.withResolvers<void>();
    session = openMqttSession({
      url: broker.url,
      ...broker.login,
      clientId: gatewayClientId(store.id),
      filters: gatewayFilters,
      onConnect: () => {
        emit("broker_connected", { url: broker.url });
        connected.resolve();
        commands.wake();
      },
      onDisconnect: () => isClosing || emit("broker_disconnected", { url: broker.url }),
      onMessage: (topic, payload) => intake.offer(topic, payload),
      onError: (detail) => emit("broker_error", { error: detail }),
    });
    const opened = session;
    closers.push(() => Promise.race([opened.close(), delay(goodbyeMs, undefined, { ref: false })]));
    // What agents send from now on is heard. A broker that is down does not keep the pages from being served.
    await Promise.race([connected.promise, delay(firstConnectMs, undefined, { ref: false })]);
    emit("started", { http, mqtt: broker.url, store: store.id });
    return { http, mqtt: broker.url, store: store.id, close: closeAll };
  } catch (error) {
    await closeAll();
    throw error;
  }
}

type Broker = { url: string; login: { username?: string; password?: string }; close: () => Promise<void> };

async function openBroker({ broker }: GatewayConfig, emit: Emit): Promise<Broker> {
  if (broker.kind === "embedded") {
    const embedded: EmbeddedBroker = await startEmbeddedBroker({
      host: broker.host,
      port: broker.port,
      onRefused: (detail) => emit("broker_refused", { detail }),
    });
    const host = broker.host === "::1" ? "[::1]" : broker.host;
    return { url: `mqtt://${host}:${embedded.port}`, login: embedded.login, close: embedded.close };
  }
  const { url, username, password_file: file } = broker;
  const password = file === undefined ? undefined : readPassword(file);
  return {
    url,
    login: { ...(username === undefined ? {} : { username }), ...(password === undefined ? {} : { password }) },
    close: async () => {},
  };
}

function readPassword(file: string): string {
  try {
    return readFileSync(file, "utf8").trim();
  } catch (error) {
    throw fault("config_invalid", `broker.password_file ${file} cannot be read: ${messageOf(error)}`, error);
  }
}
