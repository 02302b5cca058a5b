import assert from "node:assert/strict";
import { test } from "node:test";
import { RowMeans } from "./row-means.ts";

const outOf = (means: RowMeans, rows: readonly [number, number][]): [number, number][] =>
  rows.flatMap(([atMs, value]): [number, number][] => {
    const mean = means.push(atMs, [value]);
    return mean === null ? [] : [[atMs, mean[0] as number]];
  });

test("rows no more often than wanted come out as they are, early and late ones, too", () => {
  const means = new RowMeans({ width: 1, periodMs: 300_000, everyMs: 60_000 });
  const rows: [number, number][] = [0, 300_010, 599_990, 1_500_000].map((atMs, n) => [atMs, n / 3]);
  assert.deepEqual(outOf(means, rows), rows);
});

test("sixty rows a minute become their mean, told with the last of them, without what was bad", () => {
  const means = new RowMeans({ width: 1, periodMs: 1_000, everyMs: 60_000 });
  const rows = Array.from({ length: 180 }, (_, n): [number, number] => [1_000 * n + (n % 3), n === 70 ? Number.NaN : Math.floor(n / 60)]);
  assert.deepEqual(outOf(means, rows), [
    [59_002, 0],
    [119_002, 1],
    [179_002, 2],
  ]);
});

test("a begun period is forgotten after a long gap, a late row ends it; a period of bad values is NaN", () => {
  const means = new RowMeans({ width: 1, periodMs: 1_000, everyMs: 3_000 });
  const out = outOf(means, [
    [0, 100],
    [9_000, 1],
    [10_000, 2],
    [11_000, 3],
    [12_000, Number.NaN],
    [13_000, Number.NaN],
    [14_000, Number.NaN],
    [15_000, 5],
    [19_000, 7],
  ]);
  assert.deepEqual(out, [
    [11_000, 2],
    [14_000, Number.NaN],
    [19_000, 6],
  ]);
});
