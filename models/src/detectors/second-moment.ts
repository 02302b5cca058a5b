/** @param rows N rows of P figures of mean zero @returns P × P, row-major: the mean of their products */
export function secondMoment(rows: readonly ArrayLike<number>[], size: number): Float64Array {
  const count = Math.max(1, rows.length);
  const sum = new Float64Array(size * size);
  for (const row of rows) {
    for (let i = 0; i < size; i += 1)
      for (let j = 0; j < size; j += 1)
        sum[i * size + j] = (sum[i * size + j] as number) + ((row[i] as number) * (row[j] as number)) / count;
  }
  return sum;
}
