import assert from "node:assert/strict";
import { test } from "node:test";
import { scoredOf } from "../detectors/distances-of.ts";
import { learnDetector } from "../detectors/learn-detector.ts";
import { chartsOf } from "../detectors/own-charts.ts";
import { syntheticRows } from "../evaluation/synthetic-rows.ts";
import { MachineStream } from "../features/machine-stream.ts";
import { sha256 } from "./hashes.ts";
import { openScorer } from "./session.ts";
import { writeGraph } from "./write-graph.ts";

// Cycles so short that the points have charts of their own.
const { points, rows } = syntheticRows({ seed: 5, rows: 700, cycleRows: 10, faultAt: 500, faultRows: 200 });
const learned = learnDetector({ points, periodMs: 1000, rows: rows.slice(0, 400) });
assert.ok(learned.ok);
const { features, stillness, weights } = learned.detector;

test("the graph scores as the reference does, also with hidden points, alone and in a batch", async () => {
  const stream = new MachineStream({ schema: features, stillness });
  stream.prime(rows.slice(0, 400));
  const vectors = rows.slice(400).flatMap(({ atMs, values }, i) => {
    const isHidden = (p: number): boolean => (i + p) % 9 === 0 || (i + 2 * p) % 11 === 0;
    return [...(stream.push({ atMs, values }).features ?? [])].map((x, c) => (isHidden(c % points.length) ? Number.NaN : x));
  });
  const count = features.columns.length;
  const batch = vectors.length / count;
  assert.ok(batch > 50);
  const scorer = await openScorer(writeGraph(weights), { features: count });
  let ledByChart = 0;
  const { score, contribution } = await scorer.score(Float32Array.from(vectors), batch);
  for (let i = 0; i < batch; i += 1) {
    const vector = Float32Array.from(vectors.slice(i * count, (i + 1) * count));
    const { score: expected, parts } = scoredOf(vector, weights);
    assert.ok(Math.abs((score[i] as number) - expected) < 1e-4 * (1 + expected), `row ${i}: ${score[i]} ${expected}`);
    ledByChart += Math.max(...chartsOf(vector, weights)) === expected ? 1 : 0;
    const alone = await scorer.score(vector, 1);
    assert.ok(Math.abs((alone.score[0] as number) - expected) < 1e-4 * (1 + expected));
    const told = contribution.subarray(i * count, (i + 1) * count);
    for (const [p, part] of parts.entries()) {
      const own = told.reduce((sum, value, column) => sum + (column % points.length === p ? value : 0), 0);
      assert.ok(Math.abs(own - part) < 1e-3 * (1 + expected), `row ${i}, point ${p}: ${own} ${part}`);
    }
    const total = told.reduce((sum, value) => sum + value, 0);
    assert.ok(Math.abs(total - expected) < 1e-2 * (1 + expected), "contributions add up to the score");
  }
  assert.ok(ledByChart > 10 && ledByChart < batch - 10, `a chart leads in ${ledByChart} of ${batch} rows`);
  await scorer.close();
});

test("a chart that leads names its point", async () => {
  const pressure = points.findIndex(({ name }) => name === "pressure");
  const vector = Float32Array.from(features.columns, (_, c) => weights.mean[c % points.length] as number);
  const size = (2 * (weights.scale[pressure] as number)) / (weights.chart[pressure] as number);
  // The value, its lags and their running means have moved; the slow running means have not.
  for (let kind = 0; kind < 6; kind += 1) vector[kind * points.length + pressure] = (weights.mean[pressure] as number) + size;
  const lonely = {
    ...weights,
    fast: { ...weights.fast, limit: 1e3 },
    slow: { ...weights.slow, limit: 1e3 },
    level: { ...weights.level, limit: 1e3 },
  };
  const scorer = await openScorer(writeGraph(lonely), { features: features.columns.length });
  const { score, contribution } = await scorer.score(vector, 1);
  assert.ok(Math.abs((score[0] as number) - 2) < 1e-4, `${score[0]}`);
  const expected = features.columns.map(({ point, kind }) => (point === "pressure" && kind === "ewma" ? 2 : 0));
  assert.deepEqual(
    Array.from(contribution, (value) => Math.round(1e4 * value) / 1e4),
    expected,
  );
  await scorer.close();
});

test("a batch of the wrong size is refused, not guessed", async () => {
  const scorer = await openScorer(writeGraph(weights), { features: features.columns.length });
  await assert.rejects(scorer.score(new Float32Array(7), 1), { code: "session_failed" });
  await scorer.close();
});

test("the graph of given weights is to the byte what it was: bundles that boxes have learned are told by it", () => {
  const channel = { precision: [2, 0.5, 0.5, 1], limit: 2 };
  const bytes = writeGraph({
    mean: [1, -4],
    scale: [0.5, 2],
    a1: [0.75, 0.5],
    a2: [0.125, -0.25],
    monitored: [1, 1],
    fastScale: [0.5, 1],
    slowScale: [0.25, 0.5],
    driftBound: [4, 8],
    fast: channel,
    slow: channel,
    level: channel,
    chart: [0.5, 0],
  });
  assert.equal(sha256(bytes), "3e5f30f2b96a975bd222820ae41abbcaf8a5dfffdc921a852c3ebb9c817c54c1");
});
