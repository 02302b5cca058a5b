import assert from "node:assert/strict";
import { after, test } from "node:test";
import { learnDetector } from "../detectors/learn-detector.ts";
import { syntheticRows } from "../evaluation/synthetic-rows.ts";
import { MachineStream } from "../features/machine-stream.ts";
import { openScorer } from "../onnx/session.ts";
import { writeGraph } from "../onnx/write-graph.ts";
import { explain } from "./explain.ts";

const { points, rows } = syntheticRows({ seed: 11, rows: 500 });
const learned = learnDetector({ points, periodMs: 1000, rows: rows.slice(0, 400) });
assert.ok(learned.ok);
const { detector } = learned;
const scorer = await openScorer(writeGraph(detector.weights), { features: detector.features.columns.length });
after(scorer.close);

async function explained(point: number, shift: number) {
  const stream = new MachineStream({ schema: detector.features, stillness: detector.stillness });
  stream.prime(rows.slice(0, 400));
  const scored = [];
  for (const row of rows.slice(400, 440)) {
    const values = row.values.map((value, p) => (p === point ? value + shift : value));
    const { features } = stream.push({ atMs: row.atMs, values, hold: "all" });
    if (features !== null) scored.push({ values, contribution: (await scorer.score(features, 1)).contribution });
  }
  return explain({ manifest: detector, rows: scored.slice(-20), level: "warning" });
}

test("a step of four spreads in one signal makes that signal the first, whichever it is", async () => {
  for (const [p, { name }] of points.entries()) {
    const { signals } = await explained(p, 4 * (detector.baseline[p]?.spread ?? 0));
    assert.equal(signals[0]?.point, name);
  }
});

test("the sentence names the point, what it was and is, with its unit; shares are at most 1", async () => {
  const { signals, sentence } = await explained(4, 3);
  assert.match(
    sentence,
    /^The machine no longer behaves as it did while it learned: vibration rose from 2\.\d+ to 5\.\d+ mm\/s \(\d+ % of the deviation\)/,
  );
  assert.ok(signals.reduce((sum, { contribution }) => sum + contribution, 0) <= 1 + 1e-9);
});

test("without rows or at level normal there is nothing to say", () => {
  assert.equal(explain({ manifest: detector, rows: [], level: "watch" }).sentence, "The machine behaves as it did while it learned.");
});

/** Two points of spread 1, with a score of which `a` makes up a little more. */
const two = {
  features: { ...detector.features, points: ["a", "b"].map((name) => ({ name, unit: "bar" })) },
  baseline: ["a", "b"].map((point) => ({ point, mean: 0, spread: 1, low: -2, high: 2 })),
};
const scoredRow = (a: number, b: number) => ({ values: Float64Array.of(a, b), contribution: Float32Array.of(0.2, 0.15) });

test("without an alarm the point that has gone furthest from the rows before is first, whatever makes up a low score", () => {
  const before = Array.from({ length: 300 }, () => ({ values: Float64Array.of(3, 0) }));
  const first = (rows: ReturnType<typeof scoredRow>[], earlier: typeof before) =>
    explain({ manifest: two, rows, before: earlier, level: "normal" }).signals[0];
  const moved = Array.from({ length: 30 }, () => scoredRow(3, 1));
  assert.equal(first(moved, before)?.point, "b", "a is far from its baseline, and was so before");
  assert.equal(first(moved, [])?.point, "a", "nothing to compare with");
  const still = Array.from({ length: 30 }, () => scoredRow(3, 0));
  assert.equal(first(still, before)?.point, "a", "nothing went anywhere");
  const bad = Array.from({ length: 30 }, () => scoredRow(3, Number.NaN));
  assert.equal(first(bad, before)?.point, "a", "a point without a good value has gone nowhere");
});
