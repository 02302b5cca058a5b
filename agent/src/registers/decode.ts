// Registers → value in its unit, or why there is none. Pure.
import type { ByteOrder, NumberType } from "@millwright/contract/register-template";
import { registersOf } from "@millwright/contract/register-template";
import type { QualityReason } from "@millwright/contract/telemetry";
import { fastWhole, floatBits, floatOfBits, quickForm } from "./fast-raw.ts";

/** How to make a value of registers; `range` is in the value's unit, `sentinels` are raw values of the whole register that mean "no value". */
export type PointDecoding = {
  readonly type: NumberType;
  readonly order: ByteOrder;
  /** Bits [lowest, highest] of an unsigned integer; 0 is the lowest. */
  readonly bits?: readonly [number, number];
  readonly scale: number;
  readonly offset: number;
  readonly range?: readonly [number, number];
  readonly sentinels: readonly number[];
};

/**
 * Decodes one point of a block and writes its value and its reason (null: good) at `index`. `at`: where in `registers` the point begins.
 * A value that is out of range is kept, to be shown; a sentinel, NaN or infinity leaves none (NaN).
 */
export type Decode = (registers: Uint16Array, at: number, shown: Float64Array, reasons: (QualityReason | null)[], index: number) => void;

/**
 * Makes the decoder of one point, once. It writes in place, for it is called for every point of every read.
 * A number of 64 bits is a double here: above 2^53 it is the nearest one, and so are its sentinels.
 */
export function decoderOf({ type, order, bits, scale, offset, range, sentinels }: PointDecoding): Decode {
  const noValue = sentinels.flatMap((sentinel) => asRaws(type, sentinel));
  const hasNoValue = noValue.length > 0;
  const [low, high] = range ?? [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  const put = (value: number, isNone: boolean, shown: Float64Array, reasons: (QualityReason | null)[], index: number): void => {
    shown[index] = isNone ? Number.NaN : value;
    reasons[index] = isNone ? "sentinel" : value < low || value > high ? "out_of_range" : null;
  };
  const form = bits === undefined ? quickForm(type, order) : null;
  // Each with a way of its own: where a number may come from here or from there, or is what a function returns, V8 makes an object of a float.
  if (form?.kind === "float32")
    return (registers, at, shown, reasons, index) => {
      floatBits[0] = fastWhole(form, registers, at);
      const raw = floatOfBits[0] as number;
      const value = raw * scale + offset;
      put(value, !Number.isFinite(value) || (hasNoValue && noValue.includes(raw)), shown, reasons, index);
    };
  if (form !== null)
    return (registers, at, shown, reasons, index) => {
      const raw = fastWhole(form, registers, at);
      const value = raw * scale + offset;
      put(value, !Number.isFinite(value) || (hasNoValue && noValue.includes(raw)), shown, reasons, index);
    };
  const take = bits === undefined ? null : fieldOf(type, bits);
  return (registers, at, shown, reasons, index) => {
    const raw = readRaw(registers, at, type, order);
    const value = (take === null ? raw : take(raw)) * scale + offset;
    put(value, !Number.isFinite(value) || noValue.includes(raw), shown, reasons, index);
  };
}

const scratch = new DataView(new ArrayBuffer(8));

/** The raw number. ABCD: high word first; CDAB: low word first; BADC: bytes swapped within words; DCBA: both. The same rule for 64 bits. */
export function readRaw(registers: Uint16Array, at: number, type: NumberType, order: ByteOrder): number {
  const words = registersOf[type];
  const isLowWordFirst = order === "CDAB" || order === "DCBA";
  const isSwapped = order === "BADC" || order === "DCBA";
  for (let i = 0; i < words; i++) {
    const word = registers[at + (isLowWordFirst ? words - 1 - i : i)];
    if (word === undefined) throw new RangeError("the block does not hold this point");
    scratch.setUint16(2 * i, word, isSwapped);
  }
  return fromBytes[type](scratch);
}

const fromBytes: Record<NumberType, (bytes: DataView) => number> = {
  uint16: (bytes) => bytes.getUint16(0),
  int16: (bytes) => bytes.getInt16(0),
  uint32: (bytes) => bytes.getUint32(0),
  int32: (bytes) => bytes.getInt32(0),
  uint64: (bytes) => Number(bytes.getBigUint64(0)),
  int64: (bytes) => Number(bytes.getBigInt64(0)),
  float16: (bytes) => bytes.getFloat16(0),
  float32: (bytes) => bytes.getFloat32(0),
  float64: (bytes) => bytes.getFloat64(0),
  bcd16: (bytes) => fromBcd(bytes, 2),
  bcd32: (bytes) => fromBcd(bytes, 4),
};

// A field of bits of the number that was read last. Up to 32 bits a double is exact; of 64 the bits are taken before they become one.
function fieldOf(type: NumberType, [lowest, highest]: readonly [number, number]): (raw: number) => number {
  const [shift, size] = [2 ** lowest, 2 ** (highest - lowest + 1)];
  if (type !== "uint64") return (raw) => Math.floor(raw / shift) % size;
  const [shiftBy, mask] = [BigInt(lowest), BigInt(size) - 1n];
  return () => Number((scratch.getBigUint64(0) >> shiftBy) & mask);
}

// Decimal digits, four bits each, highest first. NaN where one is not a digit.
function fromBcd(bytes: DataView, length: number): number {
  let value = 0;
  for (let i = 0; i < length; i++) {
    const byte = bytes.getUint8(i);
    const [high, low] = [byte >> 4, byte & 0xf];
    if (high > 9 || low > 9) return Number.NaN;
    value = value * 100 + high * 10 + low;
  }
  return value;
}

/**
 * The raw numbers a sentinel stands for. Manuals write that of an int16 as -32768, 32768 or 0x8000; that of a float32 with as many digits as they like.
 * Of 64 bits 0x7FFF… and 0x8000… are the same double, so it means both.
 */
export function asRaws(type: NumberType, sentinel: number): readonly number[] {
  if (type === "int16") return [(sentinel << 16) >> 16];
  if (type === "int32") return [sentinel | 0];
  if (type === "int64" && sentinel >= 2 ** 63) return sentinel === 2 ** 63 ? [2 ** 63, -(2 ** 63)] : [Math.min(sentinel - 2 ** 64, -1)];
  if (type === "float16") return [Math.f16round(sentinel)];
  return [type === "float32" ? Math.fround(sentinel) : sentinel];
}
