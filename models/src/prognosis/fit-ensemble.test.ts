import assert from "node:assert/strict";
import { test } from "node:test";
import { seededRandom } from "../features/seeded-random.ts";
import { binColumns } from "./bin-columns.ts";
import { type FitOptions, fitEnsemble, type Loss } from "./fit-ensemble.ts";
import { meanEnsemble, predictRow, sigmoid } from "./tree-ensemble.ts";

const rows = 2000;
const random = seededRandom(3);
const x = Float32Array.from({ length: 3 * rows }, random);
const data = binColumns(x, 3);
const use = Int32Array.from({ length: rows }, (_, i) => i);
const noise = Float64Array.from({ length: rows }, () => random() - 0.5);
const targets = noise.map((value, i) => 10 * (x[3 * i] as number) + ((x[3 * i + 1] as number) > 0.5 ? 5 : 0) + value);
const options = (loss: Loss): FitOptions => ({
  loss,
  trees: 80,
  depth: 4,
  rate: 0.1,
  l2: 1,
  minWeight: 5,
  rowShare: 0.7,
  columnShare: 0.8,
  seed: 1,
});

test("squared loss learns a step and a slope", () => {
  const ensemble = fitEnsemble(data, targets, use, options({ kind: "squared" }));
  const error = Math.sqrt(use.reduce((sum, row) => sum + (predictRow(ensemble, x, row) - (targets[row] as number)) ** 2, 0) / rows);
  assert.ok(error < 0.4, `${error}`);
});

test("quantile loss puts about its share of the rows below", () => {
  for (const q of [0.05, 0.95]) {
    const ensemble = fitEnsemble(data, targets, use, options({ kind: "quantile", q }));
    const share = use.filter((row) => (targets[row] as number) <= predictRow(ensemble, x, row)).length / rows;
    assert.ok(Math.abs(share - q) < 0.06, `${q}: ${share}`);
  }
});

test("logistic loss is calibrated on what it learned", () => {
  const labels = targets.map((target) => Number(target > 8));
  const ensemble = fitEnsemble(data, labels, use, options({ kind: "logistic" }));
  const mean = use.reduce((sum, row) => sum + sigmoid(predictRow(ensemble, x, row)), 0) / rows;
  assert.ok(Math.abs(mean - labels.reduce((sum, label) => sum + label, 0) / rows) < 0.02);
});

test("the same data and seed give the same bytes, another seed others; a mean of ensembles is the mean of their figures", () => {
  const fit = (seed: number) => fitEnsemble(data, targets, use, { ...options({ kind: "squared" }), trees: 20, seed });
  const [a, b, other] = [fit(1), fit(1), fit(2)];
  assert.deepEqual(a, b);
  assert.notDeepEqual(a, other);
  const mean = predictRow(meanEnsemble([a, other]), x, 7);
  assert.ok(Math.abs(mean - (predictRow(a, x, 7) + predictRow(other, x, 7)) / 2) < 1e-4);
});
