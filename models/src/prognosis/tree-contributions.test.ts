import assert from "node:assert/strict";
import { test } from "node:test";
import { seededRandom } from "../features/seeded-random.ts";
import { binColumns } from "./bin-columns.ts";
import { fitEnsemble } from "./fit-ensemble.ts";
import { treeContributions } from "./tree-contributions.ts";
import { meanEnsemble, predictRow, type TreeEnsemble } from "./tree-ensemble.ts";

const [rows, columns] = [1500, 4];
const random = seededRandom(5);
const x = Float32Array.from({ length: columns * rows }, random);
const at = (row: number, column: number): number => x[columns * row + column] as number;
/** A product of two columns and a step of a third; the fourth says nothing. */
const targets = Float64Array.from({ length: rows }, (_, row) => 6 * at(row, 0) * at(row, 1) + (at(row, 2) > 0.7 ? 2 : 0));
const data = binColumns(x, columns);
const use = Int32Array.from({ length: rows }, (_, row) => row);
const fit = (seed: number): TreeEnsemble =>
  fitEnsemble(data, targets, use, {
    loss: { kind: "squared" },
    trees: 20,
    depth: 5,
    rate: 0.2,
    l2: 1,
    minWeight: 5,
    rowShare: 0.7,
    columnShare: 0.8,
    seed,
  });
const ensemble = meanEnsemble([fit(1), fit(2)]);

/** Expectation when only some columns are known, by the definition: down both ways, weighed by the training rows, where the column is not. */
function expectation(
  { base, roots, feature, threshold, left, right, value, cover }: TreeEnsemble,
  row: number,
  known: Set<number>,
): number {
  const below = (node: number): number => {
    const column = feature[node] as number;
    if (column < 0) return value[node] as number;
    const [l, r] = [left[node] as number, right[node] as number];
    if (known.has(column)) return below(at(row, column) <= (threshold[node] as number) ? l : r);
    return ((cover[l] as number) * below(l) + (cover[r] as number) * below(r)) / (cover[node] as number);
  };
  return roots.reduce((sum, root) => sum + below(root), base);
}

/** Shapley's mean over all orders in which the columns may become known. */
function shapley(row: number): number[] {
  const orders = (list: readonly number[]): number[][] =>
    list.length === 0 ? [[]] : list.flatMap((first) => orders(list.filter((other) => other !== first)).map((rest) => [first, ...rest]));
  const all = orders(Array.from({ length: columns }, (_, column) => column));
  const sums = new Array<number>(columns).fill(0);
  for (const order of all) {
    const known = new Set<number>();
    for (const column of order) {
      const before = expectation(ensemble, row, known);
      known.add(column);
      sums[column] = (sums[column] as number) + (expectation(ensemble, row, known) - before) / all.length;
    }
  }
  return sums;
}

test("contributions are Shapley's values by their definition, and with the expected value make the forecast", () => {
  for (const row of [0, 7, 99, 1234]) {
    const { expected, columns: found } = treeContributions(ensemble, x, row);
    assert.ok(Math.abs(expected - expectation(ensemble, row, new Set())) < 1e-9);
    for (const [column, wanted] of shapley(row).entries())
      assert.ok(Math.abs((found[column] as number) - wanted) < 1e-9, `row ${row}, column ${column}: ${found[column]} instead of ${wanted}`);
    const sum = found.reduce((total, one) => total + one, expected);
    assert.ok(Math.abs(sum - predictRow(ensemble, x, row)) < 1e-6, `row ${row}`);
  }
});

test("a column that says nothing contributes next to nothing, one that does by its sign", () => {
  const high = use.filter((row) => at(row, 2) > 0.75).slice(0, 50);
  for (const row of high) {
    const { columns: found } = treeContributions(ensemble, x, row);
    assert.ok((found[2] as number) > 0.8 && Math.abs(found[3] as number) < 0.15, `row ${row}: ${found.join(" ")}`);
  }
});
