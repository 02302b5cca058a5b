// A device that speaks lines of text on a serial line: scales, weather stations, gas analysers.
import * as v from "valibot";
import { Finite, PointName } from "./names.ts";
import { pointEntries, scaleEntries, templateEntries } from "./template-point.ts";

export const TextPoint = v.strictObject({
  /** Which field: its number from 1 where lines are split at a delimiter, else the name of a group of `pattern`. */
  field: v.union([v.pipe(v.number(), v.integer("must be a whole number"), v.minValue(1, "must be 1 or more")), v.string()]),
  ...scaleEntries,
  /** Values, before scale and offset, by which the device says "no value". */
  sentinels: v.optional(v.array(Finite), []),
  ...pointEntries,
});
export type TextPoint = v.InferOutput<typeof TextPoint>;

const splitEntries = {
  /** What ends a line; a carriage return before it is not part of the line. */
  line_end: v.optional(v.pipe(v.string(), v.minLength(1), v.maxLength(4)), "\n"),
  /** A longer line is thrown away and counted as malformed. */
  max_bytes: v.optional(v.pipe(v.number(), v.integer(), v.minValue(8), v.maxValue(4_096)), 256),
};

export const TextTemplate = v.strictObject({
  ...templateEntries,
  protocol: v.literal("serial-text"),
  ...splitEntries,
  /** Sent to get a line, as it is (a line end is written "\r\n", in double quotes); absent where the device sends by itself. */
  send: v.optional(v.pipe(v.string(), v.minLength(1), v.maxLength(256))),
  /** Lines that begin otherwise are not for this template. */
  starts_with: v.optional(v.string()),
  /**
   * `nmea_xor`: XOR of all characters between $ (or !) and *, two hexadecimal digits after * (NMEA 0183). `sum8`: the sum, modulo 256, of the
   * bytes before the last two hexadecimal digits. A line that fails it is rejected and counted; the checksum is no part of any field.
   */
  checksum: v.optional(v.picklist(["none", "nmea_xor", "sum8"]), "none"),
  /** Fields are split at this; a single space stands for any run of blanks. Or `pattern`. Exactly one of both. */
  delimiter: v.optional(v.pipe(v.string(), v.minLength(1), v.maxLength(8))),
  /**
   * A regular expression with named groups (ECMAScript, flag u), e.g. `T=(?<temperature>[-+0-9.]+) C`. It may match anywhere in the line, which
   * is Latin-1. Nested repetition such as `(a+)+` can take for ever on a line that nearly fits: keep patterns flat, and `max_bytes` small.
   */
  pattern: v.optional(v.pipe(v.string(), v.minLength(1), v.maxLength(500))),
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
