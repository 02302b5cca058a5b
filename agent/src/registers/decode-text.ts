// Registers → text: two characters a register, as devices store serial numbers and names. Pure.
import type { ByteOrder } from "@millwright/contract/register-template";

/**
 * Text of `length` registers that begins at `at`. It ends at the first NUL; spaces at its end are fill. What is not printable ASCII becomes U+FFFD.
 * Of `order` only the bytes within a register count (BADC, DCBA: the low byte first): words of a text stand in reading order.
 * @throws RangeError where the registers do not hold it.
 */
export function decodeText(registers: Uint16Array, at: number, length: number, order: ByteOrder): string {
  const isSwapped = order === "BADC" || order === "DCBA";
  let text = "";
  for (let i = at; i < at + length; i++) {
    const word = registers[i];
    if (word === undefined) throw new RangeError("the block does not hold this text");
    for (const code of isSwapped ? [word & 0xff, word >> 8] : [word >> 8, word & 0xff]) {
      if (code === 0) return text.trimEnd();
      text += code >= 0x20 && code < 0x7f ? String.fromCharCode(code) : "\uFFFD";
    }
  }
  return text.trimEnd();
}
