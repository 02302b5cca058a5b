// How to read a recording (a CSV file) and put it on a wire. Label columns are the truth: they stay off the wire and serve the verdict only.
import * as v from "valibot";
import { duration } from "./duration.ts";
import { Finite, MachineClass, MachineName, PointName } from "./names.ts";
import { NumberType } from "./register-template.ts";

export const RecordingPoint = v.strictObject({
  /** The column's title in the file. */
  column: v.string(),
  unit: v.string(),
  type: v.optional(NumberType, "float32"),
  /** value = raw × scale + offset; for integer registers, scale is the step that survives. */
  scale: v.optional(
    v.pipe(
      Finite,
      v.check((n) => n !== 0, "must not be 0"),
    ),
    1,
  ),
  offset: v.optional(Finite, 0),
});
export type RecordingPoint = v.InferOutput<typeof RecordingPoint>;

export const RecordingProfile = v.strictObject({
  profile: v.pipe(v.string(), v.regex(/^[a-z0-9-]+$/, "must be small letters, digits and -")),
  title: v.optional(v.string()),
  delimiter: v.optional(v.picklist([",", ";", "\t"]), ","),
  /** Where a row's time stands. `date_time`: 2020-03-09 10:14:33 (taken as UTC) or ISO 8601; `row`: there is none, rows are one period apart. */
  time: v.variant("format", [
    v.strictObject({ format: v.picklist(["date_time", "epoch_s", "epoch_ms"]), column: v.string() }),
    v.strictObject({ format: v.literal("row") }),
  ]),
  /** From one row to the next. A gap of more than 3 periods is a time in which the device does not answer. */
  period: duration({ min: "10ms", max: "24h" }),
  machine: v.strictObject({ name: MachineName, class: MachineClass }),
  /** How many rows at the beginning are known to be healthy, for learning. */
  learn_rows: v.pipe(v.number(), v.integer(), v.minValue(200, "must be 200 or more")),
  points: v.pipe(
    v.record(PointName, RecordingPoint),
    v.check((points) => Object.keys(points).length > 0, "needs at least one point"),
  ),
  /** Columns with the truth: `anomaly` is 1 where the machine is not well. */
  labels: v.optional(v.strictObject({ anomaly: v.optional(v.string()), changepoint: v.optional(v.string()) }), {}),
});
export type RecordingProfile = v.InferOutput<typeof RecordingProfile>;
