// Text → registers, two characters each, zeros behind it. Pure; the inverse of what an agent decodes.

/** @param isSwapped the low byte of a register first. Text that is too long is cut; what is not ASCII becomes "?". */
export function encodeText(text: string, registers: number, isSwapped: boolean): number[] {
  const codeAt = (i: number): number => {
    const code = text.charCodeAt(i);
    return Number.isNaN(code) ? 0 : code < 0x80 ? code : 0x3f;
  };
  return Array.from({ length: registers }, (_, i) => {
    const [first, second] = [codeAt(2 * i), codeAt(2 * i + 1)];
    return isSwapped ? (second << 8) | first : (first << 8) | second;
  });
}
