// A device that answers HTTP GET with JSON: an IO-Link master, a weather service, the production plan.
import * as v from "valibot";
import { duration } from "./duration.ts";
import { Finite, PointName } from "./names.ts";
import { ByteOrder, NumberType } from "./register-template.ts";
import { pointEntries, scaleEntries, templateEntries } from "./template-point.ts";

const Pointer = v.pipe(
  v.string(),
  v.regex(/^(\/([^/~]|~[01])*)*$/, "must be a JSON Pointer (RFC 6901), e.g. /data/value; ~1 stands for a / in a name, ~0 for a ~"),
);

/** A number in process data: as in registers, and single bytes. */
export const ByteType = v.picklist(["uint8", "int8", ...NumberType.options]);
export type ByteType = v.InferOutput<typeof ByteType>;

const Bit = v.pipe(
  v.number(),
  v.integer("must be a whole number"),
  v.minValue(0, "must be from 0 to 31"),
  v.maxValue(31, "must be from 0 to 31"),
);

export const JsonPoint = v.strictObject({
  type: v.optional(v.literal("number"), "number"),
  /** Where the value stands in the reply: a JSON Pointer (RFC 6901). A number; true (1) or false (0); a text that is a number, or a word of `enum`; or, with `bytes`, hexadecimal text. */
  pointer: Pointer,
  /** Process data as hexadecimal text (IO-Link masters): type and place of the value in it. */
  bytes: v.optional(
    v.strictObject({
      /** First byte. */
      at: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(255)),
      type: ByteType,
      order: v.optional(ByteOrder, "ABCD"),
      /** Only these bits [lowest, highest] of an integer of up to 32 bits; of a signed type they are a signed field. */
      bits: v.optional(v.strictTuple([Bit, Bit])),
    }),
  ),
  ...scaleEntries,
  sentinels: v.optional(v.array(Finite), []),
  ...pointEntries,
});
export type JsonPoint = v.InferOutput<typeof JsonPoint>;

const Hz = v.pipe(Finite, v.gtValue(0, "must be more than 0"));
/** [lowest, highest] */
export const Band = v.pipe(
  v.strictTuple([v.pipe(Finite, v.minValue(0, "must not be negative")), Hz]),
  v.check(([low, high]) => low < high, "must be [lowest, highest]"),
);

/**
 * A window of vibration: an array of numbers. Its figures become points of the machine, each called `<this name>_<figure>`: rms, hf_rms (RMS of the
 * first difference), kurtosis, crest, band_1 …; and bpfo, bpfi, bsf, ftf where the read says which bearing it is.
 */
export const WaveformPoint = v.strictObject({
  type: v.literal("waveform"),
  pointer: Pointer,
  /** How many there must be, a power of two. */
  samples: v.picklist([256, 512, 1024, 2048, 4096, 8192, 16_384], "must be a power of two from 256 to 16384"),
  /** Fixed, or where the reply says it. */
  sample_rate_hz: v.union([Hz, v.strictObject({ pointer: Pointer })]),
  /** Of a sample, after `scale`. */
  unit: v.string(),
  scale: scaleEntries.scale,
  role: v.optional(v.literal("measurement"), "measurement"),
  /** RMS of each band is a point; four bands up to half of the rate where absent. */
  bands_hz: v.optional(v.pipe(v.array(Band), v.minLength(1), v.maxLength(8))),
});
export type WaveformPoint = v.InferOutput<typeof WaveformPoint>;

export const JsonTemplate = v.strictObject({
  ...templateEntries,
  protocol: v.literal("http-json"),
  /** Path and query below the bus's `http:`; `{unit}` is the read's `unit`. */
  path: v.pipe(
    v.string(),
    v.regex(/^\/[!"$-~]*$/, "must begin with / and hold neither spaces nor #; write what is not ASCII with %, e.g. %C3%A9"),
  ),
  /** Where the reply says when it was measured, and how; older than `max_age` is `stale`. `iso` without an offset is UTC. */
  time: v.optional(
    v.strictObject({
      pointer: Pointer,
      format: v.picklist(["iso", "epoch_s", "epoch_ms"]),
      max_age: duration({ min: "1s", max: "365d" }),
    }),
  ),
  points: v.pipe(
    v.record(PointName, v.variant("type", [JsonPoint, WaveformPoint])),
    v.check((points) => Object.keys(points).length > 0, "needs at least one point"),
  ),
  golden: v.optional(
    v.array(v.strictObject({ reply: v.string(), values: v.record(PointName, v.nullable(Finite)), from: v.optional(v.string(), "made") })),
    [],
  ),
});
export type JsonTemplate = v.InferOutput<typeof JsonTemplate>;
