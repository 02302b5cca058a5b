// One tree over binned columns, depth-limited, by the largest gain of a second-order loss (Chen & Guestrin, KDD 2016, eq. 7, with L2 only).
// In: gradients of the chosen rows. Out: nodes; leaves are filled by the caller's `leafOf`, who sees the rows that fell into them.
import { type BinnedColumns, maxBins } from "./bin-columns.ts";

/** `cover`: how many rows reached the node while it grew. */
export type TreeNodes = { feature: number[]; border: number[]; left: number[]; right: number[]; value: number[]; cover: number[] };

export type GrowOptions = {
  readonly data: BinnedColumns;
  /** Rows to learn from; reordered in place. */
  readonly rows: Int32Array;
  readonly columns: readonly number[];
  readonly gradient: Float64Array;
  readonly hessian: Float64Array;
  readonly depth: number;
  readonly l2: number;
  /** Least sum of hessians (rows, for a squared loss) on either side of a split. */
  readonly minWeight: number;
  readonly leafOf: (rows: Int32Array) => number;
};

type Split = { readonly column: number; readonly bin: number };

export function growTree(options: GrowOptions): TreeNodes {
  const nodes: TreeNodes = { feature: [], border: [], left: [], right: [], value: [], cover: [] };
  growNode(options, nodes, options.rows, options.depth, histogramOf(options, options.rows));
  return nodes;
}

function growNode(options: GrowOptions, nodes: TreeNodes, rows: Int32Array, depth: number, histogram: Float64Array | null): number {
  const node = nodes.feature.push(-1) - 1;
  nodes.cover.push(rows.length);
  for (const list of [nodes.border, nodes.left, nodes.right, nodes.value]) list.push(0);
  const split = depth === 0 || histogram === null ? null : bestSplit(options, histogram);
  if (split === null || histogram === null) {
    nodes.value[node] = options.leafOf(rows);
    return node;
  }
  const middle = partition(rows, options.data, split);
  const [below, above] = [rows.subarray(0, middle), rows.subarray(middle)];
  const [small, large] = below.length <= above.length ? [below, above] : [above, below];
  const ofSmall = depth === 1 ? null : histogramOf(options, small);
  const ofLarge = ofSmall === null ? null : subtract(histogram, ofSmall);
  nodes.feature[node] = split.column;
  nodes.border[node] = split.bin;
  nodes.left[node] = growNode(options, nodes, below, depth - 1, below === small ? ofSmall : ofLarge);
  nodes.right[node] = growNode(options, nodes, above, depth - 1, above === large ? ofLarge : ofSmall);
  return node;
}

/** Sums of gradient and hessian, alternating, for every bin of every column in use. */
function histogramOf({ data, columns, gradient, hessian }: GrowOptions, rows: Int32Array): Float64Array {
  const histogram = new Float64Array(columns.length * maxBins * 2);
  const count = rows.length;
  const g = new Float64Array(count);
  const h = new Float64Array(count);
  for (let i = 0; i < count; i += 1) {
    g[i] = gradient[rows[i] as number] as number;
    h[i] = hessian[rows[i] as number] as number;
  }
  for (let c = 0; c < columns.length; c += 1) {
    const bins = data.bins.subarray((columns[c] as number) * data.rows, ((columns[c] as number) + 1) * data.rows);
    const sums = histogram.subarray(c * maxBins * 2, (c + 1) * maxBins * 2);
    for (let i = 0; i < count; i += 1) {
      const at = 2 * (bins[rows[i] as number] as number);
      sums[at] = (sums[at] as number) + (g[i] as number);
      sums[at + 1] = (sums[at + 1] as number) + (h[i] as number);
    }
  }
  return histogram;
}

function bestSplit({ columns, data, l2, minWeight }: GrowOptions, histogram: Float64Array): Split | null {
  let [g, h] = [0, 0];
  for (let b = 0; b < maxBins; b += 1) {
    g += histogram[2 * b] as number;
    h += histogram[2 * b + 1] as number;
  }
  let best: Split | null = null;
  let bestGain = (g * g) / (h + l2) + 1e-9;
  for (let c = 0; c < columns.length; c += 1) {
    const column = columns[c] as number;
    const last = (data.borders[column] as Float32Array).length;
    let [gBelow, hBelow] = [0, 0];
    for (let bin = 0; bin < last; bin += 1) {
      const at = 2 * (c * maxBins + bin);
      gBelow += histogram[at] as number;
      hBelow += histogram[at + 1] as number;
      if (hBelow < minWeight) continue;
      if (h - hBelow < minWeight) break;
      const gain = (gBelow * gBelow) / (hBelow + l2) + (g - gBelow) ** 2 / (h - hBelow + l2);
      if (gain <= bestGain) continue;
      bestGain = gain;
      best = { column, bin };
    }
  }
  return best;
}

/** Rows of the lower side first; stable, so that the same rows come in the same order on every run. */
function partition(rows: Int32Array, data: BinnedColumns, { column, bin }: Split): number {
  const bins = data.bins.subarray(column * data.rows, (column + 1) * data.rows);
  const above = new Int32Array(rows.length);
  let [low, high] = [0, 0];
  for (const row of rows) {
    if ((bins[row] as number) <= bin) rows[low++] = row;
    else above[high++] = row;
  }
  rows.set(above.subarray(0, high), low);
  return low;
}

function subtract(whole: Float64Array, part: Float64Array): Float64Array {
  for (let i = 0; i < whole.length; i += 1) whole[i] = (whole[i] as number) - (part[i] as number);
  return whole;
}
