// What every record on the wire carries: its place in its lane, a trace, and when it happened.
// The key of a record is (tenant, agent, epoch, lane, seq): tenant, agent, epoch and lane stand in the envelope.
import * as v from "valibot";
import { Count, Finite, WallMs } from "./names.ts";

/** When something happened. Durations and order come from `monotonic_ms` within one `boot_id`; `wall_ms` is for people. Machine time, milliseconds. */
export const Time = v.strictObject({
  boot_id: v.pipe(v.string(), v.uuid("must be a UUID")),
  monotonic_ms: Finite,
  wall_ms: WallMs,
  clock: v.picklist(["trusted", "untrusted"]),
});
export type Time = v.InferOutput<typeof Time>;

/** 16 hexadecimal digits that follow one register read to its ticket. */
export const TraceId = v.pipe(v.string(), v.regex(/^[0-9a-f]{16}$/, "must be 16 hexadecimal digits"));

/** The store's identity: a random id made with the outbox (a lost store cannot reuse old numbers). */
export const Epoch = v.pipe(v.string(), v.regex(/^[0-9a-f]{16}$/, "must be 16 hexadecimal digits"));

/** The entries every record schema spreads in. `seq` counts from 1 within (epoch, lane). */
export const recordEntries = {
  seq: v.pipe(Count, v.minValue(1, "must be 1 or more")),
  trace_id: TraceId,
  time: Time,
};
