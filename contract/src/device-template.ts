// The register map of a device type, as data. The agent reads with it, the simulator serves with it.
import * as v from "valibot";
import { Finite, PointName } from "./names.ts";

export const RegisterType = v.picklist(["uint16", "int16", "uint32", "int32", "float32", "float64"]);
export type RegisterType = v.InferOutput<typeof RegisterType>;

/** 16-bit registers a type takes. */
export const registersOf: Record<RegisterType, number> = { uint16: 1, int16: 1, uint32: 2, int32: 2, float32: 2, float64: 4 };

/** Byte order of one 32-bit value as manuals print it; 64-bit values follow the same rule (CDAB, DCBA: lowest word first). */
export const ByteOrder = v.picklist(["ABCD", "CDAB", "BADC", "DCBA"]);
export type ByteOrder = v.InferOutput<typeof ByteOrder>;

export const RegisterTable = v.picklist(["holding", "input"]);
export type RegisterTable = v.InferOutput<typeof RegisterTable>;

/** Limits of one quantity in its unit. They alarm by themselves (layer "limits"), with or without a model. */
export const PointLimits = v.strictObject({
  warning_high: v.optional(Finite),
  critical_high: v.optional(Finite),
  warning_low: v.optional(Finite),
  critical_low: v.optional(Finite),
});
export type PointLimits = v.InferOutput<typeof PointLimits>;

export const TemplatePoint = v.strictObject({
  /** The number the manual prints; `base` says whether its first register is 0 or 1. */
  register: v.pipe(
    v.number(),
    v.integer("must be a whole number"),
    v.minValue(0, "must be from 0 to 65536"),
    v.maxValue(65_536, "must be from 0 to 65536"),
  ),
  table: v.optional(RegisterTable, "holding"),
  type: RegisterType,
  order: v.optional(ByteOrder),
  /** value = raw × scale + offset, in `unit`. */
  scale: v.optional(
    v.pipe(
      Finite,
      v.check((n) => n !== 0, "must not be 0"),
    ),
    1,
  ),
  offset: v.optional(Finite, 0),
  /** UCUM-like unit, `1` where there is none. */
  unit: v.string(),
  /** What the sensor can measure; outside it the quality is bad. */
  range: v.optional(v.strictTuple([Finite, Finite])),
  /** Raw values by which the device says "no value". */
  sentinels: v.optional(v.array(Finite), []),
  limits: v.optional(PointLimits),
  /** `measurement` feeds models; `update_counter` grows by one with every new row of the device; `context` is only shown. */
  role: v.optional(v.picklist(["measurement", "update_counter", "context"]), "measurement"),
});
export type TemplatePoint = v.InferOutput<typeof TemplatePoint>;

export const DeviceTemplate = v.strictObject({
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
  }),
  trust: v.picklist(["stated", "two_sources", "frames", "hardware"]),
  /** The number of the first register as the manual prints it: 0, or 1. */
  base: v.optional(v.picklist([0, 1]), 0),
  order: v.optional(ByteOrder, "ABCD"),
  /** Most registers in one request, and most unused registers worth reading to save a request. */
  max_block: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(125, "must be from 1 to 125")), 125),
  max_gap: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(124, "must be from 0 to 124")), 16),
  points: v.pipe(
    v.record(PointName, TemplatePoint),
    v.check((points) => Object.keys(points).length > 0, "needs at least one point"),
  ),
});
export type DeviceTemplate = v.InferOutput<typeof DeviceTemplate>;
