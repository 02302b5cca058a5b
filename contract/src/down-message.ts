// What a gateway sends down: the receipt for what it committed, commands, and the desired configuration.
import * as v from "valibot";
import { FailureMode } from "./failure-modes.ts";
import { Count, MachineRef, WallMs } from "./names.ts";
import { Epoch } from "./record.ts";
import { lanes } from "./topics.ts";

/** Why a record was refused for good (it is in the dead-letter store; sending it again does not help). */
export const RejectCode = v.picklist(["malformed", "wrong_lane", "too_old", "too_large"]);
export type RejectCode = v.InferOutput<typeof RejectCode>;

/** Sent after the gateway's own commit: which store, which commit, what it now holds (inclusive ranges of seq), what it refused. */
export const Receipt = v.strictObject({
  schema: v.literal("millwright/receipt/1"),
  store: v.pipe(v.string(), v.uuid("must be a UUID")),
  commit: Count,
  epoch: Epoch,
  lane: v.picklist(lanes),
  ranges: v.array(v.strictTuple([Count, Count])),
  rejected: v.array(v.strictObject({ seq: Count, code: RejectCode })),
});
export type Receipt = v.InferOutput<typeof Receipt>;

/** What a technician found. */
export const VerdictKind = v.picklist(["found", "something_else", "nothing"]);
export type VerdictKind = v.InferOutput<typeof VerdictKind>;

/** A command is repeated until the agent's `command_done` event names its id; the agent does each id once. */
export const Command = v.variant("command", [
  v.strictObject({
    schema: v.literal("millwright/command/1"),
    id: v.pipe(v.string(), v.uuid("must be a UUID")),
    command: v.literal("verdict"),
    machine: MachineRef,
    episode: v.string(),
    ticket: v.string(),
    verdict: VerdictKind,
    failure_mode: FailureMode,
    actor: v.string(),
    wall_ms: WallMs,
  }),
  v.strictObject({
    schema: v.literal("millwright/command/1"),
    id: v.pipe(v.string(), v.uuid("must be a UUID")),
    command: v.literal("relearn"),
    machine: MachineRef,
    actor: v.string(),
    wall_ms: WallMs,
  }),
]);
export type Command = v.InferOutput<typeof Command>;

/** The configuration an agent should run: applied as a whole or not at all, and reported back by revision. */
export const Desired = v.strictObject({
  schema: v.literal("millwright/desired/1"),
  revision: v.pipe(v.string(), v.minLength(1), v.maxLength(64)),
  config: v.record(v.string(), v.unknown()),
});
export type Desired = v.InferOutput<typeof Desired>;
