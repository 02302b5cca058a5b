// One row of a machine: the value of every point at one moment, and why where one is not good.
import * as v from "valibot";
import { Count, Finite, MachineRef, PointName } from "./names.ts";
import { Level } from "./prediction.ts";
import { recordEntries } from "./record.ts";

/** Why a value is not good. */
export const qualityReasons = [
  "timeout",
  "late",
  "exception",
  "connection",
  "out_of_range",
  "rate",
  "sentinel",
  "flat_line",
  "stale",
  "clock",
  "malformed",
] as const;
export const QualityReason = v.picklist(qualityReasons);
export type QualityReason = v.InferOutput<typeof QualityReason>;

export const Telemetry = v.strictObject({
  ...recordEntries,
  kind: v.literal("telemetry"),
  machine: MachineRef,
  /** The device's own update counter, where it has one. */
  update: v.optional(Count),
  /** point → value in its unit; null where there is none. A bad value is kept and shown. */
  values: v.record(PointName, v.nullable(Finite)),
  /** point → reason, only for points that are uncertain or bad. */
  not_good: v.optional(v.record(PointName, QualityReason)),
  score: v.nullable(Finite),
  level: Level,
});
export type Telemetry = v.InferOutput<typeof Telemetry>;
