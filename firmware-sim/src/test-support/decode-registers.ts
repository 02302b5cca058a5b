// An independent decoder, the referee of encode.ts: bytes are put where the letters of the order say, then Node's Buffer reads them. It shares no code with it.
import type { Encoding } from "../registers/encode.ts";

const letters = { ABCD: [0, 1, 2, 3], CDAB: [2, 3, 0, 1], BADC: [1, 0, 3, 2], DCBA: [3, 2, 1, 0] } as const;
const letters64 = {
  ABCD: [0, 1, 2, 3, 4, 5, 6, 7],
  CDAB: [6, 7, 4, 5, 2, 3, 0, 1],
  BADC: [1, 0, 3, 2, 5, 4, 7, 6],
  DCBA: [7, 6, 5, 4, 3, 2, 1, 0],
} as const;
const letters16 = { ABCD: [0, 1], CDAB: [0, 1], BADC: [1, 0], DCBA: [1, 0] } as const;

/** Registers in address order → the value. */
export function decodeRegisters(words: readonly number[], { type, order, scale, offset }: Encoding): number {
  const onWire = words.flatMap((word) => [word >> 8, word & 0xff]);
  const places = { 1: letters16, 2: letters, 4: letters64 }[words.length as 1 | 2 | 4][order];
  const bytes = Buffer.alloc(onWire.length);
  for (const [i, place] of places.entries()) bytes[place] = onWire[i] as number;
  const raw = {
    uint16: () => bytes.readUInt16BE(),
    int16: () => bytes.readInt16BE(),
    uint32: () => bytes.readUInt32BE(),
    int32: () => bytes.readInt32BE(),
    uint64: () => Number(bytes.readBigUInt64BE()),
    int64: () => Number(bytes.readBigInt64BE()),
    float16: () => new DataView(bytes.buffer, bytes.byteOffset).getFloat16(0),
    bcd16: () => Number(bytes.toString("hex")),
    bcd32: () => Number(bytes.toString("hex")),
    float32: () => bytes.readFloatBE(),
    float64: () => bytes.readDoubleBE(),
  }[type]();
  return raw * scale + offset;
}
