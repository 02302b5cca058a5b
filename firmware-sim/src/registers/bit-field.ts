// Some bits of an unsigned number that lies in registers. Pure.
import { type Encoding, inOrder } from "./encode.ts";

/** Lowest and highest bit, both included; 0 is the lowest of the number. */
export type BitField = { low: number; high: number };

/** The raw number in `words` with its field set to `value`, which is cut to the field's width. */
export function withField(words: readonly number[], { order }: Pick<Encoding, "order">, { low, high }: BitField, value: number): bigint {
  const raw = inOrder([...words], order).reduce((sum, word) => sum * 0x1_0000n + BigInt(word), 0n);
  const mask = (1n << BigInt(high - low + 1)) - 1n;
  return (raw & ~(mask << BigInt(low))) | ((BigInt(Math.round(value)) & mask) << BigInt(low));
}
