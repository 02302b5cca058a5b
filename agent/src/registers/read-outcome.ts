// What one request to a bus is, and what became of it: a reply, or a named failure. Never a guess.
import type { RegisterTable } from "@millwright/contract/register-template";
import type { QualityReason } from "@millwright/contract/telemetry";
import type { AgentFaultCode } from "../faults.ts";

/** Whom a request asks: a Modbus unit, or a name on buses without unit numbers. Each has a breaker of its own. */
export type BusRequest = { readonly unit: number | string };

/** A read of `count` registers (1…125) from a wire address (0…65535). There is no request that writes. */
export type ReadRequest = { readonly unit: number; readonly table: RegisterTable; readonly address: number; readonly count: number };

/** What a request may end with. */
export type BusFaultCode = Exclude<Extract<AgentFaultCode, `bus_${string}`>, "bus_in_use">;

export type ReadFailure = {
  readonly ok: false;
  readonly code: BusFaultCode;
  /** What the points of this request get as their quality. */
  readonly reason: QualityReason;
  /** One line for the log. */
  readonly detail: string;
  /** Modbus exception code, where the device sent one. */
  readonly exception?: number;
};

export type Outcome<Reply> = { readonly ok: true; readonly reply: Reply } | ReadFailure;

/** Of a read of registers: as many as were asked for. */
export type ReadOutcome = Outcome<Uint16Array>;

const reasonOf: Record<BusFaultCode, QualityReason> = {
  bus_timeout: "timeout",
  bus_unit_down: "timeout",
  bus_exception: "exception",
  bus_unreachable: "connection",
  bus_connection_lost: "connection",
  bus_malformed_reply: "connection",
  bus_closed: "connection",
  bus_queue_full: "timeout",
};

/** A failed read, with the quality reason that goes with its code. */
export function readFailure(code: BusFaultCode, detail: string, exception?: number): ReadFailure {
  const failure = { ok: false, code, reason: reasonOf[code], detail } as const;
  return exception === undefined ? failure : { ...failure, exception };
}
