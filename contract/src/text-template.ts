// A device that speaks lines of text on a serial line: scales, weather stations, gas analysers.
import * as v from "valibot";
import { Finite, PointName } from "./names.ts";
import { pointEntries, scaleEntries, templateEntries } from "./template-point.ts";

export const TextPoint = v.strictObject({
  /** Which field: its number from 1 where lines are split at a delimiter, else the name of a group of `pattern`. */
  field: v.union([v.pipe(v.number(), v.integer("must be a whole number"), v.minValue(1, "must be 1 or more")), v.string()]),
  ...scaleEntries,
  sentinels: v.optional(v.array(Finite), []),
  ...pointEntries,
});
export type TextPoint = v.InferOutput<typeof TextPoint>;

const splitEntries = {
  /** What ends a line. */
  line_end: v.optional(v.pipe(v.string(), v.minLength(1), v.maxLength(4)), "\n"),
  max_bytes: v.optional(v.pipe(v.number(), v.integer(), v.minValue(8), v.maxValue(4_096)), 256),
};

export const TextTemplate = v.strictObject({
  ...templateEntries,
  protocol: v.literal("serial-text"),
  ...splitEntries,
  /** Sent to get a line, as it is; absent where the device sends by itself. */
  send: v.optional(v.string()),
  /** Lines that begin otherwise are not for this template. */
  starts_with: v.optional(v.string()),
  /** `nmea_xor`: XOR of all characters between $ and *, two hexadecimal digits after * (NMEA 0183). `sum8`: the sum of the bytes before the last two hexadecimal digits. */
  checksum: v.optional(v.picklist(["none", "nmea_xor", "sum8"]), "none"),
  /** Fields are split at this; or `pattern`, a regular expression with named groups. Exactly one of both. */
  delimiter: v.optional(v.pipe(v.string(), v.minLength(1))),
  pattern: v.optional(v.string()),
  points: v.pipe(
    v.record(PointName, TextPoint),
    v.check((points) => Object.keys(points).length > 0, "needs at least one point"),
  ),
  golden: v.optional(
    v.array(v.strictObject({ reply: v.string(), values: v.record(PointName, v.nullable(Finite)), from: v.optional(v.string(), "made") })),
    [],
  ),
});
export type TextTemplate = v.InferOutput<typeof TextTemplate>;
