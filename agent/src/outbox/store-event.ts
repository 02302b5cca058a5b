// Events the outbox tells by itself, so that no loss is silent. Pure but for a random trace id.
import type { Time } from "@millwright/contract/record";
import { counted } from "@millwright/kit/counted";
import type { SeqRange } from "./lane-table.ts";
import type { RecordKey, UnsentRecord } from "./outbox.ts";
import { newTraceId } from "./record-bodies.ts";

type UnsentEvent = Extract<UnsentRecord, { kind: "event" }>;
export type StoreEvent = Omit<UnsentEvent, "trace_id" | "time" | "kind">;

/** The event as the store keeps it: a record's JSON without seq. */
export function storeEventBody(time: Time, event: StoreEvent): string {
  return JSON.stringify({ trace_id: newTraceId(), time, kind: "event", ...event } satisfies UnsentEvent);
}

export const gapEvent = ({ from, to }: SeqRange): StoreEvent => ({
  event: "records_dropped",
  severity: "warning",
  text: `The buffer is full: ${counted(to - from + 1, "row")} of telemetry dropped, oldest first (${from} to ${to})`,
  gap: { lane: "telemetry", from, to },
});

export const quarantineEvent = ({ lane, seq }: RecordKey, reason: string): StoreEvent => ({
  event: "record_quarantined",
  severity: "error",
  text: `Record ${seq} of lane ${lane} is kept on the box and not sent: ${reason}`.slice(0, 500),
  gap: { lane, from: seq, to: seq },
});

export const damageEvent = (file: string): StoreEvent => ({
  event: "store_damaged",
  severity: "error",
  text: `The outbox was damaged and was moved to ${file.slice(-300)}; what waited in it is not sent, and machines go on without their earlier state`,
});
