// The register map of a Modbus device type. The agent reads with it, the simulator serves with it.
import * as v from "valibot";
import { duration } from "./duration.ts";
import { Finite, PointName } from "./names.ts";
import { pointEntries, scaleEntries, templateEntries } from "./template-point.ts";

const numberTypes = ["uint16", "int16", "uint32", "int32", "uint64", "int64", "float16", "float32", "float64", "bcd16", "bcd32"] as const;

/** What stands in the registers. `bcd16`, `bcd32`: 4 or 8 decimal digits, unsigned. `string`: ASCII, `length` registers. */
export const RegisterType = v.picklist([...numberTypes, "string"]);
export type RegisterType = v.InferOutput<typeof RegisterType>;

/** The types that are numbers. */
export const NumberType = v.picklist(numberTypes);
export type NumberType = v.InferOutput<typeof NumberType>;

/** 16-bit registers a number takes. */
export const registersOf: Record<NumberType, number> = {
  uint16: 1,
  int16: 1,
  uint32: 2,
  int32: 2,
  uint64: 4,
  int64: 4,
  float16: 1,
  float32: 2,
  float64: 4,
  bcd16: 1,
  bcd32: 2,
};

/** 16-bit registers a point takes. */
export const registerLength = ({ type, length = 1 }: { type: RegisterType; length?: number | undefined }): number =>
  type === "string" ? length : registersOf[type];

/** Byte order of one 32-bit value as manuals print it; 64-bit values follow the same rule (CDAB, DCBA: lowest word first). */
export const ByteOrder = v.picklist(["ABCD", "CDAB", "BADC", "DCBA"]);
export type ByteOrder = v.InferOutput<typeof ByteOrder>;

export const RegisterTable = v.picklist(["holding", "input"]);
export type RegisterTable = v.InferOutput<typeof RegisterTable>;

const Register = v.pipe(
  v.number(),
  v.integer("must be a whole number"),
  v.minValue(0, "must be from 0 to 65536"),
  v.maxValue(65_536, "must be from 0 to 65536"),
);

const Whole = (low: number, high: number) => {
  const message = `must be from ${low} to ${high}`;
  return v.pipe(v.number(), v.integer("must be a whole number"), v.minValue(low, message), v.maxValue(high, message));
};

export const RegisterPoint = v.strictObject({
  /** The number the manual prints; `base` says whether its first register is 0 or 1. */
  register: Register,
  table: v.optional(RegisterTable, "holding"),
  type: RegisterType,
  /** Registers of a `string`. */
  length: v.optional(Whole(1, 125)),
  order: v.optional(ByteOrder),
  /** One bit of an unsigned integer, 0 is the lowest; or a field of bits [lowest, highest]. Taken before scale and offset. */
  bit: v.optional(Whole(0, 63)),
  bits: v.optional(v.strictTuple([Whole(0, 63), Whole(0, 63)])),
  ...scaleEntries,
  /** The point whose value is the power of ten this one is multiplied by (SunSpec's scale factors). */
  scale_factor: v.optional(PointName),
  /** Raw values by which the device says "no value". */
  sentinels: v.optional(v.array(Finite), []),
  ...pointEntries,
});
export type RegisterPoint = v.InferOutput<typeof RegisterPoint>;

/** A reply and what it means: the template's own test. */
export const GoldenFrame = v.strictObject({
  table: v.optional(RegisterTable, "holding"),
  /** First register and how many, as the request asked; numbered as the points are. */
  register: Register,
  count: Whole(1, 125),
  /** The whole RTU reply in hexadecimal, unit to CRC. */
  reply: v.pipe(v.string(), v.regex(/^([0-9a-fA-F]{2}[ ]?)+$/, "must be bytes in hexadecimal, e.g. 01 03 02 00 2A 39 9B")),
  /** point → its value in its unit; null: no value (a sentinel); text for a string. */
  values: v.record(PointName, v.nullable(v.union([Finite, v.string()]))),
  /** Where the frame comes from: `made` by us from the stated map, or who captured or printed it. */
  from: v.optional(v.string(), "made"),
});
export type GoldenFrame = v.InferOutput<typeof GoldenFrame>;

export const RegisterTemplate = v.strictObject({
  ...templateEntries,
  protocol: v.optional(v.literal("modbus"), "modbus"),
  /** The number of the first register as the manual prints it: 0, or 1. */
  base: v.optional(v.picklist([0, 1]), 0),
  order: v.optional(ByteOrder, "ABCD"),
  /** Most registers in one request, and most unused registers worth reading to save a request. */
  max_block: v.optional(Whole(1, 125), 125),
  max_gap: v.optional(Whole(0, 124), 16),
  /** Registers [from, to], both included, that must not be read. */
  forbidden: v.optional(v.array(v.strictObject({ table: v.optional(RegisterTable, "holding"), from: Register, to: Register })), []),
  /** Points that belong to one moment: each group is read in one request. */
  atomic: v.optional(v.array(v.pipe(v.array(PointName), v.minLength(2))), []),
  /** Least time between two requests to this unit (real time). */
  pause: v.optional(duration({ min: "0ms", max: "10s" }), "0ms"),
  /** Requests the device takes at once on Modbus TCP. */
  pipeline: v.optional(Whole(1, 16), 1),
  /** Registers that tell this device from others; `scan` names the template that fits. */
  identify: v.optional(
    v.array(
      v.strictObject({
        table: v.optional(RegisterTable, "holding"),
        register: Register,
        type: RegisterType,
        length: v.optional(Whole(1, 125)),
        equals: v.union([Finite, v.string()]),
      }),
    ),
    [],
  ),
  points: v.pipe(
    v.record(PointName, RegisterPoint),
    v.check((points) => Object.keys(points).length > 0, "needs at least one point"),
  ),
  golden: v.optional(v.array(GoldenFrame), []),
});
export type RegisterTemplate = v.InferOutput<typeof RegisterTemplate>;
