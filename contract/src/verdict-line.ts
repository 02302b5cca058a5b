// One verdict as a line of a file: what a model said of a stretch of time, and what a technician found there. `millwright-gateway verdicts --json`
// writes such lines, `millwright-models` reads them as labels. No name of a person stands in it.
import * as v from "valibot";
import { VerdictKind } from "./down-message.ts";
import { FailureMode } from "./failure-modes.ts";
import { Count, MachineRef, Sha256 } from "./names.ts";
import { Layer } from "./prediction.ts";

const Time = v.pipe(v.string(), v.isoTimestamp("must be a time like 2026-11-20T06:00:00Z"));

export const VerdictLine = v.strictObject({
  schema: v.literal("millwright/verdict/1"),
  ticket: v.string(),
  tenant: v.string(),
  machine: MachineRef,
  /** Which layer opened the ticket; only `baseline` is a model's. The model of that row; null where there was none, or it is not known. */
  layer: v.nullable(Layer),
  model_id: v.nullable(v.string()),
  model_hash: v.nullable(Sha256),
  generation: v.nullable(Count),
  /** What the ticket said, and which failure the technician named; null where none was named. */
  failure_mode: FailureMode,
  verdict: VerdictKind,
  found_mode: v.nullable(FailureMode),
  /** First sign of the episode, its ticket, its last sign, and the verdict. Machine time. */
  from: Time,
  opened: Time,
  to: Time,
  closed: Time,
});
export type VerdictLine = v.InferOutput<typeof VerdictLine>;
