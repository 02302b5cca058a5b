// Columns of figures as bins of about equal count, so that a split is looked for among 63 borders instead of all values.

export type BinnedColumns = {
  readonly rows: number;
  readonly features: number;
  /** Column-major: bin of row r in column f is `bins[f × rows + r]`. */
  readonly bins: Uint8Array;
  /** Bin b of column f holds the values ≤ `borders[f][b]` (and above the border before); the last bin has none. float32. */
  readonly borders: readonly Float32Array[];
};

export const maxBins = 64;

/** @param x row-major, rows × features, no NaN. Borders come from at most some 20,000 evenly spaced rows. */
export function binColumns(x: Float32Array, features: number): BinnedColumns {
  const rows = x.length / features;
  const bins = new Uint8Array(rows * features);
  const step = Math.max(1, Math.floor(rows / 20_000));
  const borders: Float32Array[] = [];
  for (let f = 0; f < features; f += 1) {
    const column = Float32Array.from({ length: Math.ceil(rows / step) }, (_, i) => x[i * step * features + f] as number).sort();
    const border = bordersOf(column);
    for (let r = 0; r < rows; r += 1) bins[f * rows + r] = binOf(x[r * features + f] as number, border);
    borders.push(border);
  }
  return { rows, features, bins, borders };
}

function bordersOf(sorted: Float32Array): Float32Array {
  const borders: number[] = [];
  for (let b = 1; b < maxBins; b += 1) {
    const at = Math.floor((b * sorted.length) / maxBins);
    const [below, above] = [sorted[Math.max(0, at - 1)] as number, sorted[at] as number];
    const border = Math.fround((below + above) / 2);
    if (below < above && border < above && border > (borders.at(-1) ?? Number.NEGATIVE_INFINITY)) borders.push(border);
  }
  return Float32Array.from(borders);
}

function binOf(value: number, borders: Float32Array): number {
  let [low, high] = [0, borders.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (value <= (borders[middle] as number)) high = middle;
    else low = middle + 1;
  }
  return low;
}
