// A value in its unit → the 16-bit registers that carry it. Pure; the exact inverse of what an agent decodes.
import { type ByteOrder, type NumberType, registersOf } from "@millwright/contract/register-template";

/** How one value lies in registers: value = raw × scale + offset. */
export type Encoding = { type: NumberType; order: ByteOrder; scale: number; offset: number };

const integerRange = {
  uint16: [0, 0xffff],
  int16: [-0x8000, 0x7fff],
  uint32: [0, 0xffff_ffff],
  int32: [-0x8000_0000, 0x7fff_ffff],
  uint64: [0, 2 ** 64 - 2048],
  int64: [-(2 ** 63), 2 ** 63 - 1024],
  bcd16: [0, 9_999],
  bcd32: [0, 99_999_999],
} as const;

/** The raw number a device would hold for `value`: integers are rounded and clamped to what the type can hold. */
export function rawOf(value: number, { type, scale, offset }: Encoding): number {
  const raw = (value - offset) / scale;
  if (type === "float16" || type === "float32" || type === "float64") return raw;
  const [low, high] = integerRange[type];
  if (Number.isNaN(raw)) return 0;
  return Math.min(high, Math.max(low, Math.round(raw)));
}

/** The least and the greatest value that fits; infinite for floats. */
export function limitsOf({ type, scale, offset }: Encoding): [number, number] {
  if (type === "float16" || type === "float32" || type === "float64") return [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  const [a, b] = integerRange[type].map((raw) => raw * scale + offset) as [number, number];
  return a < b ? [a, b] : [b, a];
}

/** Encodes one value. @returns 1, 2 or 4 registers in address order. */
export function encode(value: number, encoding: Encoding): number[] {
  const view = new DataView(new ArrayBuffer(8));
  write[encoding.type](view, rawOf(value, encoding));
  const words = Array.from({ length: registersOf[encoding.type] }, (_, i) => view.getUint16(i * 2));
  return inOrder(words, encoding.order);
}

/** Encodes an unsigned whole number that is already raw, bit for bit. */
export function encodeRaw(raw: bigint, { type, order }: Pick<Encoding, "type" | "order">): number[] {
  const length = registersOf[type];
  return inOrder(
    Array.from({ length }, (_, i) => Number((raw >> BigInt(16 * (length - 1 - i))) & 0xffffn)),
    order,
  );
}

const write: Record<NumberType, (view: DataView, raw: number) => void> = {
  uint16: (view, raw) => view.setUint16(0, raw),
  int16: (view, raw) => view.setInt16(0, raw),
  uint32: (view, raw) => view.setUint32(0, raw),
  int32: (view, raw) => view.setInt32(0, raw),
  uint64: (view, raw) => view.setBigUint64(0, BigInt(raw)),
  int64: (view, raw) => view.setBigInt64(0, BigInt(raw)),
  float16: (view, raw) => view.setFloat16(0, raw),
  float32: (view, raw) => view.setFloat32(0, raw),
  float64: (view, raw) => view.setFloat64(0, raw),
  bcd16: (view, raw) => view.setUint16(0, Number.parseInt(String(raw), 16)),
  bcd32: (view, raw) => view.setUint32(0, Number.parseInt(String(raw), 16)),
};

/**
 * The words of a number as `order` has them; the same again undoes it. ABCD: as it is. CDAB: words reversed. BADC: bytes swapped inside each word.
 * DCBA: both. One register has no word order to reverse.
 */
export function inOrder(words: number[], order: ByteOrder): number[] {
  const ordered = order === "CDAB" || order === "DCBA" ? words.toReversed() : words;
  return order === "BADC" || order === "DCBA" ? ordered.map(swapBytes) : ordered;
}

const swapBytes = (word: number): number => ((word & 0xff) << 8) | (word >> 8);
