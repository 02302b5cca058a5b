// Histogram gradient boosting (Friedman 2001; Ke et al., LightGBM, 2017). Pure: the same data, options and seed give the same bytes.
// Squared and logistic loss take Newton leaves. Quantile loss grows on the residuals, since pinball gradients are only two numbers and stall at
// extreme quantiles, and sets every leaf to the quantile of the residuals in it.
import { quantilesOf } from "../features/quantiles-of.ts";
import { seededRandom } from "../features/seeded-random.ts";
import type { BinnedColumns } from "./bin-columns.ts";
import { growTree, type TreeNodes } from "./grow-tree.ts";
import { sigmoid, type TreeEnsemble } from "./tree-ensemble.ts";

export type Loss = { readonly kind: "squared" } | { readonly kind: "logistic" } | { readonly kind: "quantile"; readonly q: number };

export type FitOptions = {
  readonly loss: Loss;
  readonly trees: number;
  readonly depth: number;
  /** Shrinkage of every leaf. */
  readonly rate: number;
  readonly l2: number;
  readonly minWeight: number;
  /** Share of the rows, and of the columns, that each tree sees. */
  readonly rowShare: number;
  readonly columnShare: number;
  /** Columns the trees may ask for; all where absent. */
  readonly columns?: readonly number[];
  readonly seed: number;
};

/**
 * @param targets one a row of `data`; for the logistic loss 0 or 1
 * @param use rows to learn from (all columns of `data` were binned together, so that cross-validation bins once)
 */
export function fitEnsemble(data: BinnedColumns, targets: Float64Array, use: Int32Array, options: FitOptions): TreeEnsemble {
  const random = seededRandom(options.seed);
  const base = baseOf(targets, use, options.loss);
  const sums = new Float64Array(data.rows).fill(base);
  const gradient = new Float64Array(data.rows);
  const hessian = new Float64Array(data.rows).fill(1);
  const known = options.columns ?? [...data.borders.keys()];
  const trees: TreeNodes[] = [];
  for (let t = 0; t < options.trees; t += 1) {
    const rows = use.filter(() => random() < options.rowShare);
    const columns = known.filter(() => random() < options.columnShare);
    for (const row of rows) {
      const target = targets[row] as number;
      const sum = sums[row] as number;
      const p = options.loss.kind === "logistic" ? sigmoid(sum) : sum;
      gradient[row] = p - target;
      if (options.loss.kind === "logistic") hessian[row] = Math.max(1e-6, p * (1 - p));
    }
    const tree = growTree({
      ...options,
      data,
      rows,
      columns,
      gradient,
      hessian,
      leafOf: (leaf) => leafOf(leaf, gradient, hessian, options),
    });
    trees.push(tree);
    for (const row of use) sums[row] = (sums[row] as number) + leafAt(tree, data, row);
  }
  return joined(trees, data, base);
}

function leafOf(rows: Int32Array, gradient: Float64Array, hessian: Float64Array, { loss, l2, rate }: FitOptions): number {
  if (rows.length === 0) return 0;
  if (loss.kind === "quantile") {
    const residuals = Float64Array.from(rows, (row) => -(gradient[row] as number));
    return rate * (quantilesOf(residuals, [loss.q])[0] as number);
  }
  let [g, h] = [0, l2];
  for (const row of rows) {
    g += gradient[row] as number;
    h += hessian[row] as number;
  }
  return (-rate * g) / h;
}

function baseOf(targets: Float64Array, use: Int32Array, loss: Loss): number {
  const chosen = Float64Array.from(use, (row) => targets[row] as number);
  if (loss.kind === "quantile") return quantilesOf(chosen, [loss.q])[0] as number;
  const mean = chosen.reduce((sum, target) => sum + target, 0) / chosen.length;
  if (loss.kind === "squared") return mean;
  const share = Math.min(1 - 1e-6, Math.max(1e-6, mean));
  return Math.log(share / (1 - share));
}

function leafAt({ feature, border, left, right, value }: TreeNodes, data: BinnedColumns, row: number): number {
  let node = 0;
  for (let column = feature[0] as number; column >= 0; column = feature[node] as number)
    node = ((data.bins[column * data.rows + row] as number) <= (border[node] as number) ? left[node] : right[node]) as number;
  return value[node] as number;
}

function joined(trees: readonly TreeNodes[], { features, borders }: BinnedColumns, base: number): TreeEnsemble {
  const roots: number[] = [];
  let total = 0;
  for (const { feature } of trees) {
    roots.push(total);
    total += feature.length;
  }
  const all = (pick: (tree: TreeNodes, root: number) => readonly number[]): number[] =>
    trees.flatMap((tree, t) => pick(tree, roots[t] as number));
  return {
    features,
    base: Math.fround(base),
    roots: Int32Array.from(roots),
    feature: Int32Array.from(all(({ feature }) => feature)),
    threshold: Float32Array.from(all(({ feature, border }) => border.map((b, i) => borders[feature[i] as number]?.[b] ?? 0))),
    left: Int32Array.from(all(({ left }, root) => left.map((node) => node + root))),
    right: Int32Array.from(all(({ right }, root) => right.map((node) => node + root))),
    value: Float32Array.from(all(({ value }) => value)),
    cover: Float32Array.from(all(({ cover }) => cover)),
  };
}
