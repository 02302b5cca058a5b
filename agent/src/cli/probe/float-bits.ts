// The bits of a series of floating-point readings: size, digits, and steps counted in the series' own resolution. Pure.
import { exponentOf, impossible, magnitudeBits, stepBits, stepsOf, wholeBits } from "./code-length.ts";

/** Bits of the mantissa, and of the whole number. */
export type FloatFormat = { readonly mantissa: number; readonly width: number; readonly round: (value: number) => number };

/** Most digits behind the point, and digits at all, of a value that counts as a decimal one. */
const mostDecimals = 4;
const mostDecimal = 999_999;
/** For "it is a decimal one", and for how many digits. */
const decimalBits = 3;

/** Infinite where one of them is no number. */
export function floatBits(values: readonly number[], format: FloatFormat): number {
  if (!values.every(Number.isFinite)) return impossible;
  const [first = 0] = values;
  const sign = values.some((value) => value < 0) ? 3 : 0;
  return sign + Math.min(binaryBits(values, first, format), ...decimals.map((scale) => decimalSeriesBits(values, first, scale, format)));
}

const smallestExponent = -900;
const decimals = Array.from({ length: mostDecimals + 1 }, (_, digits) => 10 ** digits);

// Steps count in units of the last bit of the largest value; a smaller one has finer digits, which it is charged for.
function binaryBits(values: readonly number[], first: number, { mantissa, width }: FloatFormat): number {
  const exponents = values.filter((value) => value !== 0).map(exponentOf);
  if (exponents.length === 0) return 1;
  const largest = Math.max(...exponents);
  // Where doubles themselves run out of digits, nothing is measured.
  if (largest < smallestExponent) return impossible;
  const steps = stepsOf(values).map((step) => step / 2 ** (largest - mantissa));
  const finer = exponents.reduce((sum, exponent) => sum + Math.min(largest - exponent, width), 0);
  const sizes = values.filter((value) => value !== 0).map(magnitudeBits);
  return (first === 0 ? 1 : mantissa) + Math.max(...sizes) + stepBits(steps, width) + finer;
}

// Values such as 23.4 or 1500: what a device computed with few digits.
function decimalSeriesBits(values: readonly number[], first: number, scale: number, { width, round }: FloatFormat): number {
  const whole = values.map((value) => Math.round(value * scale));
  const isDecimal = values.every(
    (value, i) => Math.abs(whole[i] as number) <= mostDecimal && round((whole[i] as number) / scale) === value,
  );
  if (!isDecimal) return impossible;
  return decimalBits + wholeBits(Math.round(first * scale), width) + stepBits(stepsOf(whole), width);
}
