// Reads the common numbers of one or two registers without going through single bytes: the quick half of decode.ts. Pure.
// One function for all of them, so that it is compiled into its caller, and of whole numbers only, so that no number on the way becomes an object.
import type { ByteOrder, NumberType } from "@millwright/contract/register-template";

/** How a quick number stands in its registers. */
export type QuickForm = {
  readonly kind: "uint16" | "int16" | "uint32" | "int32" | "float32";
  /** Bytes swapped within words. */
  readonly isSwapped: boolean;
  /** Which of two words is the high one. */
  readonly high: 0 | 1;
};

/** What fastWhole() has of a float32 is written into the one, the number is then in the other. */
export const floatBits = new Int32Array(1);
export const floatOfBits = new Float32Array(floatBits.buffer);

/** null where there is no quick way. */
export function quickForm(type: NumberType, order: ByteOrder): QuickForm | null {
  if (type !== "uint16" && type !== "int16" && type !== "uint32" && type !== "int32" && type !== "float32") return null;
  return { kind: type, isSwapped: order === "BADC" || order === "DCBA", high: order === "CDAB" || order === "DCBA" ? 1 : 0 };
}

/** The raw number at a place, as readRaw() has it; of a float32 its bits. @throws RangeError where the registers end before */
export function fastWhole({ kind, isSwapped, high }: QuickForm, registers: Uint16Array, at: number): number {
  if (kind === "uint16") return wordAt(registers, at, isSwapped);
  if (kind === "int16") return (wordAt(registers, at, isSwapped) << 16) >> 16;
  const both = (wordAt(registers, at + high, isSwapped) << 16) | wordAt(registers, at + 1 - high, isSwapped);
  return kind === "uint32" ? both >>> 0 : both;
}

function wordAt(registers: Uint16Array, at: number, isSwapped: boolean): number {
  const word = registers[at];
  if (word === undefined) throw new RangeError("the block does not hold this point");
  return isSwapped ? ((word & 0xff) << 8) | (word >> 8) : word;
}
