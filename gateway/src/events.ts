// Every event of the gateway owns its log line and its metric; nobody logs a bare string.
import type { Logger } from "pino";
import { Counter, type Registry } from "prom-client";

type EventRow = { level: "debug" | "info" | "warn" | "error"; line: string };

export const eventTable = {
  started: { level: "info", line: "The gateway is ready" },
  records_stored: { level: "debug", line: "Records stored" },
  dead_lettered: { level: "warn", line: "Refused records are kept as dead letters" },
  intake_full: { level: "warn", line: "The intake is full: the newest message was dropped, its agent will send it again" },
  store_refused: { level: "error", line: "The store refused a transaction: no receipt, agents send again" },
  after_commit_failed: { level: "error", line: "Something after a commit failed; the commit stands" },
  receipt_not_sent: { level: "debug", line: "A receipt was not sent: its agent will send the records again" },
  broker_connected: { level: "info", line: "Connected to the broker" },
  broker_disconnected: { level: "warn", line: "The connection to the broker ended; trying again" },
  broker_error: { level: "warn", line: "The broker connection reported an error" },
  broker_refused: { level: "warn", line: "The embedded broker refused a client" },
  ticket_opened: { level: "info", line: "Ticket opened" },
  model_ticket_opened: { level: "info", line: "A model should be looked at: ticket for the engineer opened" },
  ticket_closed: { level: "info", line: "Ticket closed" },
  relearn_asked: { level: "info", line: "A machine was serviced: its box is asked to learn its normal again" },
  command_sent: { level: "debug", line: "Command sent to an agent" },
  command_done: { level: "info", line: "An agent did a command" },
  telemetry_expired: { level: "info", line: "Old telemetry removed" },
  task_failed: { level: "error", line: "A scheduled task failed; it is tried again" },
  request_failed: { level: "error", line: "A request failed by our own fault" },
} as const satisfies Record<string, EventRow>;

export type EventName = keyof typeof eventTable;

/** Logs an event and counts it. @param count by how much its metric grows. */
export type Emit = (name: EventName, fields?: Record<string, unknown>, count?: number) => void;

export function createEmit(logger: Logger, registry: Registry): Emit {
  const counters = new Map<string, Counter>();
  for (const [name, { line }] of Object.entries(eventTable))
    counters.set(name, new Counter({ name: `millwright_gateway_${name}_total`, help: line, registers: [registry] }));
  return (name, fields = {}, count = 1) => {
    const { level, line } = eventTable[name];
    if (count > 0) counters.get(name)?.inc(count);
    logger[level]({ event: name, ...fields }, line);
  };
}
