import assert from "node:assert/strict";
import { test } from "node:test";
import { gatherEvidence, noEvidence } from "./evidence.ts";

test("the first rows count alike, later ones by the running mean", () => {
  let evidence = noEvidence;
  for (const value of [1, 2, 3]) evidence = gatherEvidence(evidence, [value], [2 * value]);
  assert.deepEqual([evidence.rows, evidence.values, evidence.contribution], [3, [2], [4]]);
  for (let n = 0; n < 200; n++) evidence = gatherEvidence(evidence, [10], [0]);
  assert.ok(Math.abs((evidence.values[0] as number) - 10) < 0.01);
});

test("a missing value leaves its mean, and survives JSON", () => {
  const one = gatherEvidence(noEvidence, [Number.NaN, 5], [1, 1]);
  const restored = JSON.parse(JSON.stringify(one)) as typeof one;
  const two = gatherEvidence(restored, [7, Number.NaN], [1, 1]);
  assert.deepEqual(two.values, [7, 5]);
});
