import assert from "node:assert/strict";
import { test } from "node:test";
import { classify, learnLda } from "./shrinkage-lda.ts";

test("names the class, and says it does not know where a row is far from all of them", () => {
  const noise = (i: number, k: number) => Math.sin(7.3 * i * (k + 1) + k);
  const truths = Array.from({ length: 120 }, (_, i) => i % 3);
  const rows = truths.map((truth, i) => Float64Array.of(4 * truth + noise(i, 0), -3 * truth + noise(i, 1), noise(i, 2)));
  const lda = learnLda(rows, truths);
  assert.deepEqual(
    rows.map((row) => classify(lda, row).answer),
    truths,
  );
  assert.equal(classify(lda, Float64Array.of(40, 40, 40)).answer, null);
});
