import assert from "node:assert/strict";
import { test } from "node:test";
import { syntheticRows } from "../evaluation/synthetic-rows.ts";
import { MachineStream } from "../features/machine-stream.ts";
import type { Row } from "../features/row.ts";
import { learningSettings } from "../settings.ts";
import { scoreOf } from "./distances-of.ts";
import { learnDetector } from "./learn-detector.ts";
import { chartsOf } from "./own-charts.ts";

const { points, rows } = syntheticRows({ seed: 11, rows: 700, cycleRows: 10 });
const learn = (change: (row: Row, i: number) => ArrayLike<number>) => {
  const learned = learnDetector({
    points,
    periodMs: 1000,
    rows: rows.slice(0, 500).map((row, i) => ({ ...row, values: Float64Array.from(change(row, i)) })),
  });
  assert.ok(learned.ok);
  return learned.detector;
};
const pressure = points.findIndex(({ name }) => name === "pressure");

test("while learning no chart passes the share of its limit it was given", () => {
  const { features: schema, stillness, weights } = learn(({ values }) => values);
  const stream = new MachineStream({ schema, stillness });
  const charts = rows.slice(0, 500).flatMap((row) => {
    const { features } = stream.push(row);
    return features === null ? [] : [chartsOf(features, weights)];
  });
  for (const [p, { name }] of points.entries()) {
    if (weights.chart[p] === 0) continue;
    const largest = Math.max(...charts.slice(learningSettings.chartWarmUpRows).map((chart) => chart[p] as number));
    assert.ok(Math.abs(largest - 1 / learningSettings.chartFactor) < 1e-6, `${name}: ${largest}`);
  }
});

test("a step of one point passes its own chart and no other, and is in the score; a hidden point is on none", () => {
  const { features: schema, stillness, weights, baseline } = learn(({ values }) => values);
  assert.ok((weights.chart[pressure] as number) > 0);
  const stream = new MachineStream({ schema, stillness });
  stream.prime(rows.slice(0, 500));
  const size = 8 * (baseline[pressure]?.spread ?? 0);
  const steps = rows
    .slice(500, 530)
    .map((row) => stream.push({ ...row, values: row.values.map((value, p) => (p === pressure ? value + size : value)) }));
  const last = steps.at(-1)?.features;
  assert.ok(last);
  const charts = chartsOf(last, weights);
  assert.ok(scoreOf(last, weights) >= (charts[pressure] as number));
  assert.deepEqual(
    [...charts].flatMap((chart, p) => (chart > 1 ? [p] : [])),
    [pressure],
  );
  const hidden = last.map((value, i) => (i % points.length === pressure ? Number.NaN : value));
  assert.equal(chartsOf(hidden, weights)[pressure], 0);
});

test("a point that wanders so slowly that its rows tell of few independent ones has no chart, nor has one that never moved", () => {
  const slow = learn(({ values }, i) => values.map((value, p) => (p === pressure ? 5 + Math.sin(i / 60) : value)));
  assert.equal(slow.weights.chart[pressure], 0);
  const constant = learn(({ values }) => values.map((value, p) => (p === pressure ? 5 : value)));
  assert.equal(constant.weights.chart[pressure], 0);
});
