import assert from "node:assert/strict";
import { test } from "node:test";
import { seededRandom } from "../features/seeded-random.ts";
import { prognosisSettings } from "../settings.ts";
import { inRange, type LeftOutRow, learnMargins, marginAt } from "./interval-margin.ts";

const { cap, coverage, marginParts } = prognosisSettings;

/** Quantiles that are sure of what they cannot know: four cycles wide, and up to a fifth of the life beside the truth. */
function leftOut({ units, seed }: { units: number; seed: number }): LeftOutRow[] {
  const random = seededRandom(seed);
  return Array.from({ length: units }, (_, unit) =>
    Array.from({ length: 200 }, (_, remaining): LeftOutRow => {
      const middle = remaining + (random() - 0.5) * 0.4 * Math.min(cap, remaining);
      return { unit, truth: Math.min(cap, remaining), low: middle - 2, high: middle + 2 };
    }),
  ).flat();
}

const holds = (margins: readonly number[], row: LeftOutRow): boolean => {
  const margin = marginAt(margins, row);
  return inRange(row.low - margin) <= row.truth && row.truth <= inRange(row.high + margin);
};

test("an interval holds nine of ten lives it did not learn from, whatever life it tells, and grows with it", () => {
  const margins = learnMargins(leftOut({ units: 60, seed: 1 }));
  assert.equal(margins.length, marginParts);
  const judged = leftOut({ units: 60, seed: 2 });
  for (const [from, to] of [
    [5, 35],
    [35, 65],
    [65, 95],
  ] as const) {
    const rows = judged.filter(({ low }) => low >= from && low < to);
    const held = rows.filter((row) => holds(margins, row)).length / rows.length;
    assert.ok(Math.abs(held - coverage) < 0.04, `${from} to ${to} cycles told: ${held}`);
  }
  assert.ok((margins[7] as number) > 3 * (margins[1] as number), margins.join(" "));
});

test("between the middles of two parts a margin lies on the line between theirs, beyond the first and the last it stays", () => {
  const margins = Array.from({ length: 5 }, (_, part) => part * part);
  const at = (life: number): number => marginAt(margins, { low: life - 3, high: life + 3 });
  const part = cap / 5;
  assert.deepEqual([at(0.1 * part), at(0.5 * part), at(1.5 * part), at(2 * part), at(4.6 * part)], [0, 0, 1, 2.5, 16]);
});

test("a part that nobody was seen in has the margin of all, and no rows give none", () => {
  const near = leftOut({ units: 20, seed: 3 }).filter(({ high }) => high < 30);
  const margins = learnMargins(near);
  assert.equal(new Set(margins.slice(3)).size, 1);
  assert.ok((margins.at(-1) as number) > 0);
  assert.deepEqual(new Set(learnMargins([])), new Set([0]));
});
