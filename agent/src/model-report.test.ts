import assert from "node:assert/strict";
import { test } from "node:test";
import { DriftCounter } from "@millwright/models/decisions/drift-counter";
import { learnDetector } from "@millwright/models/detectors/learn-detector";
import { syntheticRows } from "@millwright/models/evaluation/synthetic-rows";
import { buildBundle } from "@millwright/models/onnx/build-bundle";
import { noVerdicts } from "./baselines/machine-state.ts";
import { modelReport } from "./model-report.ts";

const { points, rows } = syntheticRows({ seed: 3, rows: 6_000 });
const learned = learnDetector({ points, periodMs: 1_000, rows: rows.slice(0, 3_000) });
assert.ok(learned.ok);
const { manifest } = buildBundle({
  ...learned,
  id: "p-101",
  version: 1,
  createdAt: "2026-01-01T00:00:00.000Z",
  machineClass: "other",
  trainingDataSha256: "a".repeat(64),
});
const createdMs = Date.parse(manifest.created_at);
const dayMs = 86_400_000;

function countsOf(shift: number): number[][] {
  const counter = new DriftCounter(manifest.reference ?? []);
  for (const { values } of rows.slice(3_000))
    counter.add(
      values.map((value, p) => value + (p === 4 ? shift : 0)),
      null,
    );
  return counter.counts;
}

test("a calm night has no cause; the figures are all there", () => {
  const { causes, figures, text } = modelReport([{ manifest, counts: countsOf(0) }], { verdicts: noVerdicts, wallMs: createdMs + dayMs });
  assert.deepEqual(causes, []);
  assert.deepEqual([figures["rows"], figures["age_days"], figures["drifted"], figures["nothing"]], [3_000, 1, 0, 0]);
  assert.doesNotMatch(text, /proposed/);
});

test("drift, age and verdicts are causes, each in words; learning again is proposed, not done", () => {
  const shift = 3 * (manifest.baseline[4]?.spread ?? 0);
  const { causes, text } = modelReport([{ manifest, counts: countsOf(shift) }], {
    verdicts: { found: 1, something_else: 0, nothing: 3 },
    wallMs: createdMs + 400 * dayMs,
  });
  assert.deepEqual(causes, ["drift", "age", "verdicts"]);
  assert.match(
    text,
    /No longer what the model learned: vibration.*400 days old\. In 3 of its tickets nothing was wrong\. Learning it again is proposed\.$/,
  );
});

test("without a trusted clock no age is told, without a reference no drift", () => {
  const { causes, figures, text } = modelReport([{ manifest, counts: null }], { verdicts: noVerdicts, wallMs: null });
  assert.deepEqual([causes, figures["age_days"]], [[], undefined]);
  assert.match(text, /Too few rows/);
});
