import assert from "node:assert/strict";
import { test } from "node:test";
import { badShare, learnRow, noLearning } from "./learning.ts";

test("healthy rows are taken and counted", () => {
  const { learning, take } = learnRow(noLearning, { goodShare: 1, isHealthy: true });
  assert.deepEqual([learning.rows, take, badShare(learning)], [1, true, 0]);
});

test("a row beyond a limit, or with few good points, is never learned as normal", () => {
  assert.equal(learnRow(noLearning, { goodShare: 1, isHealthy: false }).take, false);
  const { learning, take } = learnRow(noLearning, { goodShare: 0.25, isHealthy: true });
  assert.deepEqual([learning.rows, take, badShare(learning)], [0, false, 0.75]);
});
