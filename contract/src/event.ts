// An event: something that happened to a sensor, a bus, a model or the agent itself. Never a statement about the machine's health.
import * as v from "valibot";
import { Count, Finite, MachineRef, PointName } from "./names.ts";
import { recordEntries } from "./record.ts";
import { lanes } from "./topics.ts";

export const eventNames = [
  "agent_started",
  "sensor_frozen",
  "sensor_recovered",
  "device_unreachable",
  "device_back",
  "baseline_started",
  "baseline_ready",
  "baseline_refused",
  "model_refused",
  "model_rolled_back",
  "model_back",
  "model_report",
  "command_done",
  "records_dropped",
  "record_quarantined",
  "store_damaged",
] as const;
export type EventName = (typeof eventNames)[number];

/** Why a model should be looked at, and learned again. */
export const modelCauses = ["drift", "age", "verdicts"] as const;
export const ModelCause = v.picklist(modelCauses);
export type ModelCause = v.InferOutput<typeof ModelCause>;

export const Event = v.strictObject({
  ...recordEntries,
  kind: v.literal("event"),
  event: v.picklist(eventNames),
  severity: v.picklist(["info", "warning", "error"]),
  machine: v.optional(MachineRef),
  point: v.optional(PointName),
  /** One plain sentence for a person. */
  text: v.pipe(v.string(), v.maxLength(500)),
  /** `command_done`: which command. */
  command_id: v.optional(v.string()),
  /** `records_dropped`: exactly which records were evicted to make room; `record_quarantined`: which one is kept on the box. */
  gap: v.optional(v.strictObject({ lane: v.picklist(lanes), from: Count, to: Count })),
  /** `model_report`: each cause found; none when the model is in order. */
  model_causes: v.optional(v.pipe(v.array(ModelCause), v.maxLength(modelCauses.length))),
  figures: v.optional(v.record(v.string(), Finite)),
});
export type Event = v.InferOutput<typeof Event>;
