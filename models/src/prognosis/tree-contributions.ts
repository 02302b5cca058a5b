// What each column adds to a forecast of trees: Shapley values where an absent column is averaged over by how many training rows went either way
// (path-dependent TreeSHAP: Lundberg et al., Consistent individualized feature attribution for tree ensembles, arXiv 1802.03888, 2018, algorithm 1
// for the expectation). Exact and consistent, unlike the path contributions of Saabas (2014); computed leaf by leaf rather than by their algorithm 2.
import type { TreeEnsemble } from "./tree-ensemble.ts";

export type TreeContributions = {
  /** The forecast of a row nothing is known of: the mean over the training rows, as the trees saw them. */
  readonly expected: number;
  /** One figure a column, in the unit of the sum (cycles, log odds). `expected` and all of them make `predictRow`. */
  readonly columns: Float64Array;
};

/** A column on the way to a leaf: whether the row goes that way at all of its splits, and the share of the training rows that did. */
type Step = { readonly column: number; readonly follows: number; readonly share: number };

/** @param rows row-major, rows × F. A tree costs leaves × depth³ steps: 500 trees of depth 5 some milliseconds. */
export function treeContributions(ensemble: TreeEnsemble, rows: Float32Array, row = 0): TreeContributions {
  const columns = new Float64Array(ensemble.features);
  let expected = ensemble.base;
  for (const root of ensemble.roots) expected += addLeaves(ensemble, rows, row * ensemble.features, root, [], columns);
  return { expected, columns };
}

/** Adds what the leaves below `node` contribute. @returns their mean over the training rows */
function addLeaves(
  ensemble: TreeEnsemble,
  rows: Float32Array,
  start: number,
  node: number,
  path: readonly Step[],
  columns: Float64Array,
): number {
  const column = ensemble.feature[node] as number;
  if (column < 0) return addLeaf(ensemble.value[node] as number, path, columns);
  const isLeft = (rows[start + column] as number) <= (ensemble.threshold[node] as number);
  const before = path.find((step) => step.column === column) ?? { column, follows: 1, share: 1 };
  const others = path.filter((step) => step.column !== column);
  let mean = 0;
  for (const [child, goesThere] of [
    [ensemble.left[node] as number, isLeft],
    [ensemble.right[node] as number, !isLeft],
  ] as const) {
    const share = (ensemble.cover[child] as number) / (ensemble.cover[node] as number);
    const step = { column, follows: goesThere ? before.follows : 0, share: before.share * share };
    mean += addLeaves(ensemble, rows, start, child, [...others, step], columns);
  }
  return mean;
}

/**
 * A leaf alone is the game value × Π over its columns (known: `follows`; unknown: `share`), whose Shapley values need only the sums, over all sets of
 * so many other columns, of those products: the coefficients of Π (share + follows · t). The weight of a set of `known` of `count` columns is
 * known! (count − known − 1)! / count!.
 */
function addLeaf(value: number, path: readonly Step[], columns: Float64Array): number {
  const count = path.length;
  const sums = new Float64Array(count);
  for (const { column, follows, share } of path) {
    sums.fill(0);
    sums[0] = 1;
    for (const other of path) {
      if (other.column === column) continue;
      for (let known = count - 1; known > 0; known -= 1)
        sums[known] = (sums[known] as number) * other.share + (sums[known - 1] as number) * other.follows;
      sums[0] = (sums[0] as number) * other.share;
    }
    let [weighed, weight] = [0, 1 / count];
    for (let known = 0; known < count; known += 1) {
      weighed += (sums[known] as number) * weight;
      weight *= (known + 1) / (count - 1 - known);
    }
    columns[column] = (columns[column] as number) + value * (follows - share) * weighed;
  }
  return value * path.reduce((product, { share }) => product * share, 1);
}
