import assert from "node:assert/strict";
import { test } from "node:test";
import { DriftCounter } from "@millwright/models/decisions/drift-counter";
import { learnDetector } from "@millwright/models/detectors/learn-detector";
import { syntheticRows } from "@millwright/models/evaluation/synthetic-rows";
import { buildBundle } from "@millwright/models/onnx/build-bundle";
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
  const about = { wallMs: createdMs + dayMs, oldAfterMs: dayMs };
  const { causes, figures, text } = modelReport([{ manifest, counts: countsOf(0) }], about);
  assert.deepEqual(causes, []);
  assert.deepEqual([figures["rows"], figures["age_days"], figures["drifted"]], [3_000, 1, 0]);
  assert.doesNotMatch(text, /proposed/);
});

test("drift and age are causes, each in words; learning again is proposed, not done", () => {
  const shift = 3 * (manifest.baseline[4]?.spread ?? 0);
  const about = { wallMs: createdMs + 400.7 * dayMs, oldAfterMs: 365 * dayMs };
  const { causes, text } = modelReport([{ manifest, counts: countsOf(shift) }], about);
  assert.deepEqual(causes, ["drift", "age"]);
  assert.match(
    text,
    /No longer what the model learned: vibration.*It is 400 days old, more than the 365 it may be\. Learning it again is proposed\.$/,
  );
});

test("without a limit no age is too old; without a trusted clock no age is told, without a reference no drift", () => {
  const models = [{ manifest, counts: null }];
  assert.deepEqual(modelReport(models, { wallMs: createdMs + 4_000 * dayMs, oldAfterMs: null }).causes, []);
  const { causes, figures, text } = modelReport(models, { wallMs: null, oldAfterMs: dayMs });
  assert.deepEqual([causes, figures["age_days"]], [[], undefined]);
  assert.match(text, /Too few rows/);
});
