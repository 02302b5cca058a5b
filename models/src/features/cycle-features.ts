/** Equal parts of a cycle whose means and spreads are features. */
const parts = 10;

/**
 * Features of one sensor in one cycle: mean and spread of the whole and of ten equal parts, in the order of time. The past of the cycle is not used.
 * @param values all values of the cycle, at least ten
 * @returns 22 figures in the sensor's unit
 */
export function cycleFeatures(values: Float64Array): number[] {
  const pieces = Array.from({ length: parts }, (_, i) =>
    values.subarray(Math.floor((i * values.length) / parts), Math.floor(((i + 1) * values.length) / parts)),
  );
  return [values, ...pieces].flatMap((piece) => {
    const mean = piece.reduce((sum, value) => sum + value, 0) / piece.length;
    return [mean, Math.sqrt(piece.reduce((sum, value) => sum + (value - mean) ** 2, 0) / piece.length)];
  });
}
