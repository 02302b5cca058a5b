// A device that answers HTTP GET with JSON: an IO-Link master, a weather service, the production plan.
import * as v from "valibot";
import { duration } from "./duration.ts";
import { Finite, PointName } from "./names.ts";
import { ByteOrder, NumberType } from "./register-template.ts";
import { pointEntries, scaleEntries, templateEntries } from "./template-point.ts";

const Pointer = v.pipe(v.string(), v.regex(/^(\/[^/]*)*$/, "must be a JSON Pointer (RFC 6901), e.g. /data/value"));

export const JsonPoint = v.strictObject({
  /** Where the value stands in the reply: a JSON Pointer (RFC 6901). A number, true or false, a text that is a number; or, with `bytes`, hexadecimal text. */
  pointer: Pointer,
  /** Process data as hexadecimal text (IO-Link masters): type and place of the value in it. */
  bytes: v.optional(
    v.strictObject({
      /** First byte. */
      at: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(255)),
      type: NumberType,
      order: v.optional(ByteOrder, "ABCD"),
      /** Bits [lowest, highest] of an unsigned integer. */
      bits: v.optional(v.strictTuple([v.number(), v.number()])),
    }),
  ),
  ...scaleEntries,
  sentinels: v.optional(v.array(Finite), []),
  ...pointEntries,
});
export type JsonPoint = v.InferOutput<typeof JsonPoint>;

export const JsonTemplate = v.strictObject({
  ...templateEntries,
  protocol: v.literal("http-json"),
  /** Path and query below the bus's `http:`; `{unit}` is the read's `unit`. */
  path: v.pipe(v.string(), v.regex(/^\/[^\s]*$/, "must begin with / and hold no spaces")),
  /** Where the reply says when it was measured, and how; older than `max_age` is `stale`. */
  time: v.optional(
    v.strictObject({
      pointer: Pointer,
      format: v.picklist(["iso", "epoch_s", "epoch_ms"]),
      max_age: duration({ min: "1s", max: "365d" }),
    }),
  ),
  points: v.pipe(
    v.record(PointName, JsonPoint),
    v.check((points) => Object.keys(points).length > 0, "needs at least one point"),
  ),
  golden: v.optional(
    v.array(v.strictObject({ reply: v.string(), values: v.record(PointName, v.nullable(Finite)), from: v.optional(v.string(), "made") })),
    [],
  ),
});
export type JsonTemplate = v.InferOutput<typeof JsonTemplate>;
