import { type Command, exitCode } from "@millwright/kit/command-line";
import { messageOf } from "@millwright/kit/fault";
import { Agent, request } from "undici";
import type { TicketCard } from "../tickets/read-tickets.ts";

const deadlineMs = 5_000;
const maxReplyBytes = 8 * 1024 * 1024;

export const ticketsCommand: Command = {
  summary: "List tickets over the HTTP API of a running gateway.",
  options: {
    url: {
      type: "string",
      value: "URL",
      default: "http://127.0.0.1:8080",
      help: "where the gateway serves its pages (http://127.0.0.1:8080)",
    },
    all: { type: "boolean", help: "tickets that are done, too" },
  },
  async run({ values, isJson }) {
    const base = String(values["url"]);
    if (!/^https?:\/\//.test(base) || !URL.canParse(base)) {
      process.stderr.write(
        `millwright-gateway tickets: --url must be the address of the pages, e.g. http://127.0.0.1:8080, not "${base}"\n`,
      );
      return exitCode.usage;
    }
    const url = new URL(`/api/tickets?status=${values["all"] === true ? "all" : "open"}`, base);
    try {
      const tickets = await fetchTickets(url);
      process.stdout.write(isJson ? `${JSON.stringify({ tickets }, null, 2)}\n` : table(tickets));
      return exitCode.ok;
    } catch (error) {
      process.stderr.write(
        `millwright-gateway tickets: no answer from ${url.origin} (${messageOf(error)}). Is the gateway running there? --url says where.\n`,
      );
      return exitCode.failed;
    }
  },
};

async function fetchTickets(url: URL): Promise<TicketCard[]> {
  const dispatcher = new Agent({
    connect: { timeout: deadlineMs },
    headersTimeout: deadlineMs,
    bodyTimeout: deadlineMs,
    maxResponseSize: maxReplyBytes,
  });
  try {
    const { statusCode, body } = await request(url, { dispatcher, signal: AbortSignal.timeout(deadlineMs) });
    if (statusCode !== 200) throw new Error(`HTTP ${statusCode}`);
    return ((await body.json()) as { tickets: TicketCard[] }).tickets;
  } finally {
    await dispatcher.close();
  }
}

function table(tickets: readonly TicketCard[]): string {
  if (tickets.length === 0) return "No tickets.\n";
  return tickets
    .map(
      ({ id, status, level_text, title, opened_at, sentence }) =>
        `${id.padEnd(6)} ${status.padEnd(5)} ${level_text.padEnd(9)} ${opened_at.slice(0, 19).replace("T", " ")}  ${title}\n       ${sentence}\n`,
    )
    .join("");
}
