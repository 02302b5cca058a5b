import assert from "node:assert/strict";
import { test } from "node:test";
import { changepointScore } from "./changepoint-score.ts";

const truths = [100_000, 300_000];

test("all at once is 100, nothing is 0", () => {
  assert.deepEqual(changepointScore([{ truths, detections: truths }]), { standard: 100, low_fp: 100, low_fn: 100 });
  assert.deepEqual(changepointScore([{ truths, detections: [] }]), { standard: 0, low_fp: 0, low_fn: 0 });
});

test("a false one costs 0.11 of two windows' 4 (0.22 with low false positives), one missed costs half", () => {
  const falseOne = changepointScore([{ truths, detections: [50_000, ...truths] }]);
  assert.ok(Math.abs(falseOne.standard - (100 * (4 - 0.11)) / 4) < 1e-9);
  assert.ok(Math.abs(falseOne.low_fp - (100 * (4 - 0.22)) / 4) < 1e-9);
  assert.equal(changepointScore([{ truths, detections: [100_000] }]).standard, 50);
});

test("in the middle of its window a detection is worth less than half, and only the first one counts", () => {
  const middle = changepointScore([{ truths: [0], detections: [30_000, 40_000] }]).standard;
  assert.ok(middle > 71 && middle < 73, `${middle}`);
});
