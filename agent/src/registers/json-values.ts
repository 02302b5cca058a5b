// A JSON reply → the values of a template's points, and the time at which they were measured. Pure.
import type { ByteType, JsonPoint, JsonTemplate } from "@millwright/contract/json-template";
import { registersOf } from "@millwright/contract/register-template";
import { asRaws, readRaw } from "./decode.ts";
import { numberOf, type PointScaling, type PointValue, pointValue } from "./point-value.ts";

/** Makes the decoder of one point, once. What is not there, null, or no number has no value (`sentinel`). */
export function jsonDecoderOf(point: JsonPoint): (document: unknown) => PointValue {
  const find = pointerOf(point.pointer);
  const { bytes } = point;
  const raw = (found: unknown): number => (bytes === undefined ? plainNumber(found, point) : numberInBytes(found, bytes));
  const scaling = bytes === undefined ? point : { ...point, sentinels: point.sentinels.flatMap((sentinel) => rawsOf(bytes, sentinel)) };
  return (document) => pointValue(raw(find(document)), scaling);
}

/** RFC 6901, JSON Pointer: makes the look-up, once. Own members only; undefined where there is nothing. */
export function pointerOf(pointer: string): (document: unknown) => unknown {
  const names = pointer
    .split("/")
    .slice(1)
    .map((name) => name.replaceAll("~1", "/").replaceAll("~0", "~"));
  return (document) => names.reduce<unknown>(member, document);
}

// RFC 6901, section 4: array indexes have no leading zeros.
function member(value: unknown, name: string): unknown {
  if (Array.isArray(value)) return /^(0|[1-9]\d*)$/.test(name) ? value[Number(name)] : undefined;
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) return undefined;
  return (value as Record<string, unknown>)[name];
}

function plainNumber(found: unknown, point: Pick<PointScaling, "enum">): number {
  if (typeof found === "number") return found;
  if (typeof found === "boolean") return found ? 1 : 0;
  return typeof found === "string" ? numberOf(found, point) : Number.NaN;
}

type Bytes = NonNullable<JsonPoint["bytes"]>;

/** Bytes that a number takes. */
export const bytesOf = (type: ByteType): number => (type === "uint8" || type === "int8" ? 1 : 2 * registersOf[type]);

// IO-Link masters give process data as hexadecimal text, with or without blanks between the bytes: "03C9", "03 C9".
function numberInBytes(found: unknown, { at, type, order, bits }: Bytes): number {
  if (typeof found !== "string") return Number.NaN;
  const hex = found.replaceAll(/\s/g, "");
  if (!/^([0-9a-fA-F]{2})+$/.test(hex)) return Number.NaN;
  const bytes = Buffer.from(hex, "hex").subarray(at, at + bytesOf(type));
  if (bytes.length < bytesOf(type)) return Number.NaN;
  const raw = type === "uint8" ? bytes.readUInt8() : type === "int8" ? bytes.readInt8() : readRaw(wordsOf(bytes), 0, type, order);
  return bits === undefined ? raw : bitField(raw, bits, type.startsWith("int"));
}

const wordsOf = (bytes: Buffer): Uint16Array => Uint16Array.from({ length: bytes.length / 2 }, (_, i) => bytes.readUInt16BE(2 * i));

// As in registers, a sentinel of a signed number may be written as its bits.
function rawsOf({ type, bits }: Bytes, sentinel: number): readonly number[] {
  if (bits === undefined && type !== "int8" && type !== "uint8") return asRaws(type, sentinel);
  const width = bits === undefined ? 8 : bits[1] - bits[0] + 1;
  return [type.startsWith("int") && sentinel >= 2 ** (width - 1) ? sentinel - 2 ** width : sentinel];
}

// Shifted up to the top of 32 bits and down again, so that the sign bit of a signed field is copied.
function bitField(raw: number, [lowest, highest]: readonly [number, number], isSigned: boolean): number {
  const up = raw << (31 - highest);
  return isSigned ? up >> (31 - highest + lowest) : up >>> (31 - highest + lowest);
}

/** Makes what finds the reply's own time (Unix time, ms), once; null where the reply does not say, or says it otherwise. */
export function replyTimeOf({ pointer, format }: NonNullable<JsonTemplate["time"]>): (document: unknown) => number | null {
  const find = pointerOf(pointer);
  return (document) => {
    const found = find(document);
    const ms = format === "iso" ? isoMs(found) : plainNumber(found, {}) * (format === "epoch_s" ? 1_000 : 1);
    return Number.isFinite(ms) ? ms : null;
  };
}

/** ISO 8601 as devices write it: a day, mostly with a time, seldom with an offset. Without one it is UTC, never the box's own zone. */
const iso = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?) ?(Z|[-+]\d\d:?\d\d)?)?$/;

function isoMs(found: unknown): number {
  const match = typeof found === "string" ? iso.exec(found.trim()) : null;
  if (match === null) return Number.NaN;
  const [, day, time = "00:00", offset = "Z"] = match;
  return Date.parse(`${day}T${time}${offset === "Z" || offset.includes(":") ? offset : `${offset.slice(0, 3)}:${offset.slice(3)}`}`);
}
