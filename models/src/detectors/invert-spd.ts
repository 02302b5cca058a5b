/**
 * Inverse of a symmetric positive definite matrix by Cholesky (A = L Lᵀ; solve for every unit vector).
 * @param matrix size × size, row-major
 * @throws RangeError when it is not positive definite
 */
export function invertSpd(matrix: Float64Array, size: number): Float64Array {
  const lower = cholesky(matrix, size);
  const inverse = new Float64Array(size * size);
  for (let column = 0; column < size; column += 1) {
    const x = new Float64Array(size);
    for (let i = 0; i < size; i += 1) {
      let sum = i === column ? 1 : 0;
      for (let k = 0; k < i; k += 1) sum -= (lower[i * size + k] as number) * (x[k] as number);
      x[i] = sum / (lower[i * size + i] as number);
    }
    for (let i = size - 1; i >= 0; i -= 1) {
      let sum = x[i] as number;
      for (let k = i + 1; k < size; k += 1) sum -= (lower[k * size + i] as number) * (x[k] as number);
      x[i] = sum / (lower[i * size + i] as number);
      inverse[i * size + column] = x[i] as number;
    }
  }
  return inverse;
}

function cholesky(matrix: Float64Array, size: number): Float64Array {
  const lower = new Float64Array(size * size);
  for (let i = 0; i < size; i += 1) {
    for (let j = 0; j <= i; j += 1) {
      let sum = matrix[i * size + j] as number;
      for (let k = 0; k < j; k += 1) sum -= (lower[i * size + k] as number) * (lower[j * size + k] as number);
      if (i === j && !(sum > 0)) throw new RangeError(`not positive definite at row ${i}`);
      lower[i * size + j] = i === j ? Math.sqrt(sum) : sum / (lower[j * size + j] as number);
    }
  }
  return lower;
}
