// How many bits it takes to write down a series of readings, if they are what a candidate says. The true type and order needs the fewest: read
// wrongly, a value is huge or tiny and jumps about. (Minimum description length: Rissanen, "Modeling by shortest data description", 1978.) Pure.

/** No candidate can say this. */
export const impossible = Number.POSITIVE_INFINITY;

/** Bits of a whole number: how long it is, and its digits. None costs more than one bit beyond its width. */
export const wholeBits = (value: number, width: number): number => Math.min(Math.log2(width) + Math.log2(1 + Math.abs(value)), width + 1);

/** Bits of the steps of a series, in units of its resolution: a slow value has small steps. None where it stands still. */
export function stepBits(steps: readonly number[], width: number): number {
  if (steps.every((step) => step === 0)) return 0;
  const mean = steps.reduce((sum, step) => sum + Math.abs(step), 0) / steps.length;
  const each = Math.min(Math.log2(1 + 2 * Math.E * mean), width);
  return steps.length * each + 2;
}

/** Bits of the size of a quantity: what sensors measure lies between these powers of two (1e-3 to 1e7), and each one beyond costs more. */
export function magnitudeBits(value: number): number {
  const exponent = exponentOf(value);
  const beyond = Math.max(lowestExponent - exponent, exponent - highestExponent, 0);
  return usualBits + Math.min(1.5 * beyond, 80);
}

const [lowestExponent, highestExponent] = [-10, 23];
const usualBits = Math.log2(highestExponent - lowestExponent + 1);

/** Of the power of two at or below a value other than 0. */
export const exponentOf = (value: number): number => Math.floor(Math.log2(Math.abs(value)));

/** The difference of each reading to the one before. */
export const stepsOf = (values: readonly number[]): number[] => values.slice(1).map((value, i) => value - (values[i] as number));
