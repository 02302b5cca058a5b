// Covariance of few rows, shrunk towards a multiple of the identity, so that it can always be inverted.
// Ledoit & Wolf, "A well-conditioned estimator for large-dimensional covariance matrices", J. Multivariate Analysis 88 (2004), 365–411, §3.
import { secondMoment } from "./second-moment.ts";

/** @param rows N rows of P figures of mean zero @returns P × P, row-major */
export function ledoitWolf(rows: readonly Float64Array[], size: number): Float64Array {
  const count = Math.max(1, rows.length);
  const sample = secondMoment(rows, size);
  let scale = 0;
  for (let i = 0; i < size; i += 1) scale += (sample[i * size + i] as number) / size;
  let spread = 0;
  for (let i = 0; i < size * size; i += 1) spread += ((sample[i] as number) - (isDiagonal(i, size) ? scale : 0)) ** 2;
  let noise = 0;
  for (const row of rows) {
    for (let i = 0; i < size; i += 1)
      for (let j = 0; j < size; j += 1) noise += ((row[i] as number) * (row[j] as number) - (sample[i * size + j] as number)) ** 2;
  }
  const shrinkage = spread === 0 ? 1 : Math.min(1, noise / count ** 2 / spread);
  return sample.map((value, i) => (1 - shrinkage) * value + (isDiagonal(i, size) ? shrinkage * scale : 0));
}

const isDiagonal = (index: number, size: number): boolean => index % (size + 1) === 0;
