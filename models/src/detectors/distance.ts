// Mahalanobis distance over the visible points only: the residuals of hidden points are set to what the visible ones make most likely
// (the minimum over them is the distance of the marginal distribution). Damped Jacobi steps; exact after one when one point is hidden.

export const jacobiSteps = 3;

/**
 * @param residual P standardised residuals; entries of hidden points are overwritten
 * @param precision P × P, row-major
 * @returns the distance and g = precision · residual, from which contributions follow as g² / precision_pp
 */
export function distance(
  residual: Float64Array,
  precision: readonly number[],
  hidden: readonly number[],
): { distance: number; gradient: Float64Array } {
  const size = residual.length;
  for (let step = 0; step < (hidden.length === 0 ? 0 : jacobiSteps); step += 1) {
    const gradient = multiply(precision, residual);
    for (const p of hidden)
      residual[p] = (residual[p] as number) - (gradient[p] as number) / (precision[p * size + p] as number) / hidden.length;
  }
  const gradient = multiply(precision, residual);
  let squared = 0;
  for (let p = 0; p < size; p += 1) squared += (residual[p] as number) * (gradient[p] as number);
  return { distance: Math.sqrt(Math.max(0, squared)), gradient };
}

function multiply(matrix: readonly number[], vector: Float64Array): Float64Array {
  const size = vector.length;
  return vector.map((_, i) => {
    let sum = 0;
    for (let j = 0; j < size; j += 1) sum += (matrix[i * size + j] as number) * (vector[j] as number);
    return sum;
  });
}
