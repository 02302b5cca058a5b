import assert from "node:assert/strict";
import { test } from "node:test";
import { syntheticRows } from "../evaluation/synthetic-rows.ts";
import { MachineStream } from "../features/machine-stream.ts";
import type { Row } from "../features/row.ts";
import { learningSettings } from "../settings.ts";
import { scoreOf } from "./distances-of.ts";
import { learnDetector } from "./learn-detector.ts";

const { points, rows } = syntheticRows({ seed: 3, rows: 400 });
const learn = (change: (row: Row, i: number) => readonly number[], count = rows.length) =>
  learnDetector({
    points,
    periodMs: 1000,
    rows: rows.slice(0, count).map((row, i) => ({ ...row, values: Float64Array.from(change(row, i)) })),
  });
const same = ({ values }: Row) => [...values];

test("refuses too few rows, too many bad values (naming the worst point), rows of another width, and a machine at rest", () => {
  assert.deepEqual(
    [learn(same, 199)].map((result) => !result.ok && result.code),
    ["too_few_rows"],
  );
  const bad = learn(({ values }) => [...values].map((value, p) => (p === 4 ? Number.NaN : value)));
  assert.ok(!bad.ok && bad.code === "too_many_bad");
  assert.match(bad.reason, /the worst point is vibration with 100 %/);
  const narrow = learn(() => [1]);
  assert.ok(!narrow.ok && narrow.code === "rows_malformed");
  const still = learn(() => [1, 2, 3, 4, 5, 6]);
  assert.ok(!still.ok && still.code === "nothing_moves");
});

test("a point that never moved is kept with a note; one that was always 0 is left out", () => {
  const result = learn(({ values }) => [...values].map((value, p) => (p === 2 ? 7 : p === 3 ? 0 : value)));
  assert.ok(result.ok);
  assert.deepEqual(
    result.detector.stillness.map(({ is_monitored }) => is_monitored),
    [true, true, true, false, true, true],
  );
  assert.equal(result.notes.length, 2);
});

test("the order of the points changes nothing but the order of the figures", () => {
  const order = [5, 2, 0, 3, 1, 4];
  const [straight, shuffled] = [
    learn(same),
    learnDetector({
      points: order.map((p) => points[p] as (typeof points)[number]),
      periodMs: 1000,
      rows: rows.map((row) => ({ ...row, values: Float64Array.from(order, (p) => row.values[p] as number) })),
    }),
  ];
  assert.ok(straight.ok && shuffled.ok);
  for (const speed of ["fast", "slow"] as const) {
    const a: number = straight.detector.weights[speed].limit;
    const b: number = shuffled.detector.weights[speed].limit;
    assert.ok(Math.abs(a - b) < 1e-9 * a, `${speed}: ${a} ${b}`);
  }
});

test("units of measure change nothing: limits are the same in bar and in pascal", () => {
  const pascal = learn(({ values }) => [...values].map((value, p) => (p === 2 ? 1e5 * value : value)));
  const bar = learn(same);
  assert.ok(pascal.ok && bar.ok);
  assert.ok(Math.abs(pascal.detector.weights.slow.limit / bar.detector.weights.slow.limit - 1) < 1e-3);
});

/** The highest score two of the learning rows reach in succession, as a stream gives them; the first ones are passed over. */
function heldWhileLearning(given: readonly Row[]): number {
  const result = learn((_, i) => [...(given[i]?.values ?? [])]);
  assert.ok(result.ok);
  const { features: schema, stillness, weights } = result.detector;
  const stream = new MachineStream({ schema, stillness });
  const scores = given
    .map((row) => stream.push(row).features)
    .filter((features) => features !== null)
    .slice(learningSettings.settlingRows)
    .map((features) => scoreOf(features, weights));
  return Math.max(...scores.slice(1).map((score, i) => Math.min(score, scores[i] as number)));
}

test("what the machine did for two rows while it learned raises no alarm: a change of load that is rare", () => {
  const visit = (i: number): number => (i >= 120 && i < 160 ? 6 : 0);
  const given = rows.map((row, i) => ({ ...row, values: row.values.map((value, p) => (p === 1 || p === 3 ? value + visit(i) : value)) }));
  const held = heldWhileLearning(given);
  assert.ok(held <= 1 + 1e-9 && held > 0.95, `${held}`);
});

test("but wild rows while learning do not blind it: they still score", () => {
  const given = rows.map((row, i) => ({
    ...row,
    values: row.values.map((value, p) => (p === 2 && i >= 200 && i < 203 ? value + 40 : value)),
  }));
  const held = heldWhileLearning(given);
  assert.ok(held > 1.2, `${held}`);
});
