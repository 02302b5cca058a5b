/** Golden figures must agree to 0.1 % or 0.0001, whichever is more: float32 against float64. No figure agrees with NaN. */
export const isWithinTolerance = (found: number, expected: number): boolean =>
  Math.abs(found - expected) <= Math.max(1e-4, 1e-3 * Math.abs(expected));
