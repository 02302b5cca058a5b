import type { Command } from "@millwright/kit/command-line";
import type { TicketCard } from "../tickets/read-tickets.ts";
import { askGateway, urlOption } from "./ask-gateway.ts";

export const ticketsCommand: Command = {
  summary: "List tickets over the HTTP API of a running gateway.",
  options: { ...urlOption, all: { type: "boolean", help: "tickets that are done, too" } },
  run: ({ values, isJson }) =>
    askGateway<{ tickets: TicketCard[]; total: number }>(
      "tickets",
      String(values["url"]),
      `/api/tickets?status=${values["all"] === true ? "all" : "open"}`,
      ({ tickets, total }) => (isJson ? `${JSON.stringify({ tickets }, null, 2)}\n` : table(tickets, total)),
    ),
};

function table(tickets: readonly TicketCard[], total: number): string {
  if (tickets.length === 0) return "No tickets.\n";
  const rest = total > tickets.length ? `${tickets.length} of ${total} tickets are listed.\n` : "";
  return `${tickets
    .map(
      ({ id, status, level_text, title, opened_at, sentence }) =>
        `${id.padEnd(6)} ${status.padEnd(5)} ${level_text.padEnd(9)} ${opened_at.slice(0, 19).replace("T", " ")}  ${title}\n       ${sentence}\n`,
    )
    .join("")}${rest}`;
}
