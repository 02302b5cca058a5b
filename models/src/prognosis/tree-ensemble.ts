// An ensemble of regression trees as plain typed arrays: what training makes, what a graph is written from, and the reference it is checked by.

/** Node i of all trees: `feature[i]` < 0 is a leaf with `value[i]`; else x[feature] ≤ threshold goes to `left`, anything else to `right`. */
export type TreeEnsemble = {
  readonly features: number;
  /** Sum of all leaves that a row reaches, plus this. */
  readonly base: number;
  /** Index of the first node of each tree; nodes of a tree lie in a row. */
  readonly roots: Int32Array;
  readonly feature: Int32Array;
  readonly threshold: Float32Array;
  readonly left: Int32Array;
  readonly right: Int32Array;
  readonly value: Float32Array;
  /** How many rows reached the node in training: what a contribution is weighed by. */
  readonly cover: Float32Array;
};

/** @param rows row-major, rows × F @returns the raw sum (for a logistic ensemble: log odds) of row `row` */
export function predictRow(
  { base, roots, features, feature, threshold, left, right, value }: TreeEnsemble,
  rows: Float32Array,
  row = 0,
): number {
  let sum = base;
  const start = row * features;
  for (const root of roots) {
    let node = root;
    for (let column = feature[node] as number; column >= 0; column = feature[node] as number)
      node = ((rows[start + column] as number) <= (threshold[node] as number) ? left[node] : right[node]) as number;
    sum += value[node] as number;
  }
  return sum;
}

export const sigmoid = (logOdds: number): number => 1 / (1 + Math.exp(-logOdds));

/** The mean of several ensembles over the same features, as one. */
export function meanEnsemble(parts: readonly TreeEnsemble[]): TreeEnsemble {
  const nodes = parts.map(({ feature }) => feature.length);
  const offsets = nodes.map((_, i) => nodes.slice(0, i).reduce((sum, count) => sum + count, 0));
  const joined = (pick: (part: TreeEnsemble, offset: number) => Iterable<number>): number[] =>
    parts.flatMap((part, i) => [...pick(part, offsets[i] as number)]);
  return {
    features: parts[0]?.features ?? 0,
    base: parts.reduce((sum, { base }) => sum + base, 0) / parts.length,
    roots: Int32Array.from(joined(({ roots }, offset) => roots.map((root) => root + offset))),
    feature: Int32Array.from(joined(({ feature }) => feature)),
    threshold: Float32Array.from(joined(({ threshold }) => threshold)),
    left: Int32Array.from(joined(({ left }, offset) => left.map((node) => node + offset))),
    right: Int32Array.from(joined(({ right }, offset) => right.map((node) => node + offset))),
    value: Float32Array.from(joined(({ value }) => value.map((leaf) => leaf / parts.length))),
    cover: Float32Array.from(joined(({ cover }) => cover)),
  };
}
