// Reads the common numbers of one or two registers without going through single bytes: the quick half of decode.ts. Pure.
import type { ByteOrder, NumberType } from "@millwright/contract/register-template";

export type ReadRaw = (registers: Uint16Array, at: number) => number;

const bits = new Uint32Array(1);
const asFloat = new Float32Array(bits.buffer);

/** The raw number at a place, as readRaw() has it; null where there is no quick way. @throws RangeError where the registers end before */
export function fastRaw(type: NumberType, order: ByteOrder): ReadRaw | null {
  const word = order === "BADC" || order === "DCBA" ? swappedWordAt : wordAt;
  const [high, low] = order === "CDAB" || order === "DCBA" ? [1, 0] : [0, 1];
  const twoWords: ReadRaw = (registers, at) => ((word(registers, at + high) << 16) | word(registers, at + low)) >>> 0;
  switch (type) {
    case "uint16":
      return word;
    case "int16":
      return (registers, at) => (word(registers, at) << 16) >> 16;
    case "uint32":
      return twoWords;
    case "int32":
      return (registers, at) => twoWords(registers, at) | 0;
    case "float32":
      return (registers, at) => {
        bits[0] = twoWords(registers, at);
        return asFloat[0] as number;
      };
    default:
      return null;
  }
}

function wordAt(registers: Uint16Array, at: number): number {
  const word = registers[at];
  if (word === undefined) throw new RangeError("the block does not hold this point");
  return word;
}

function swappedWordAt(registers: Uint16Array, at: number): number {
  const word = wordAt(registers, at);
  return ((word & 0xff) << 8) | (word >> 8);
}
