// What every point of a device template has, whatever bus carries it: its unit, what it can be, and when it is not to be believed.
import * as v from "valibot";
import { duration } from "./duration.ts";
import { Finite } from "./names.ts";

/** Limits of one quantity in its unit. They alarm by themselves (layer "limits"), with or without a model. */
export const PointLimits = v.strictObject({
  warning_high: v.optional(Finite),
  critical_high: v.optional(Finite),
  warning_low: v.optional(Finite),
  critical_low: v.optional(Finite),
});
export type PointLimits = v.InferOutput<typeof PointLimits>;

const NotZero = v.pipe(
  Finite,
  v.check((n) => n !== 0, "must not be 0"),
);

/** value = raw × scale + offset, in `unit`. */
export const scaleEntries = { scale: v.optional(NotZero, 1), offset: v.optional(Finite, 0) };

/** Entries for a point's schema. */
export const pointEntries = {
  /** UCUM-like unit, `1` where there is none. */
  unit: v.string(),
  /** What the sensor can measure; outside it the quality is bad. */
  range: v.optional(v.strictTuple([Finite, Finite])),
  /** Fastest true change, unit per second; a faster one is bad. */
  max_rate: v.optional(v.pipe(Finite, v.gtValue(0, "must be more than 0"))),
  /** A value that stays exactly the same for so long is bad (`flat_line`): the sensor has stopped measuring. Machine time. */
  flat_after: v.optional(duration({ min: "1s", max: "365d" })),
  /** What the codes of an enumeration mean: `{ 0: stopped, 1: running }`. */
  enum: v.optional(v.record(v.pipe(v.string(), v.regex(/^-?\d+$/, "must be a whole number")), v.string())),
  limits: v.optional(PointLimits),
  /** `measurement` feeds models; `update_counter` grows by one with every new row of the device; `context` is only shown; `identity` is only read by the tools (a serial number). */
  role: v.optional(v.picklist(["measurement", "update_counter", "context", "identity"]), "measurement"),
};

/** Entries that every template has. */
export const templateEntries = {
  /** vendor/device in kebab-case, the file's path below templates/. */
  template: v.pipe(v.string(), v.regex(/^[a-z0-9-]+\/[a-z0-9-]+$/, "must be vendor/device in small letters, e.g. banner/qm42vt2")),
  title: v.string(),
  /** The source that was really read. */
  source: v.strictObject({
    kind: v.picklist(["manual", "page", "driver", "ours"]),
    title: v.string(),
    edition: v.optional(v.string()),
    page: v.optional(v.string()),
    url: v.optional(v.string()),
    /** A second, independent source that says the same, for trust `two_sources`. */
    second: v.optional(v.string()),
  }),
  /** `stated`: one source says so · `two_sources` agree · `frames`: real replies decode to what the device showed · `hardware`: read on the device itself. */
  trust: v.picklist(["stated", "two_sources", "frames", "hardware"]),
};
