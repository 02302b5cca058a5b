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
    const { features } = stream.push({ atMs: row.atMs, values, isHeld: true });
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
