import assert from "node:assert/strict";
import { test } from "node:test";
import { honestGraph } from "@millwright/models/onnx/test-support/hostile-graphs";
import { LoneScorer } from "./lone-scorer.ts";

test("its session is there while there are rows, and again when one comes after it was given up", async () => {
  const scorer = new LoneScorer(honestGraph(), { features: 2 });
  assert.equal(scorer.isOpen, false);
  const first = scorer.score(Float32Array.of(1, -2), 1);
  await scorer.close();
  assert.equal(scorer.isOpen, true, "not under a row that is on its way");
  assert.deepEqual([...(await first).score], [3]);
  assert.equal(scorer.isOpen, false);
  assert.deepEqual([...(await scorer.score(Float32Array.of(4, 1), 1)).score], [5]);
  assert.equal(scorer.isOpen, true);
  await scorer.close();
  assert.equal(scorer.isOpen, false);
});

test("what cannot be opened is refused with every row", async () => {
  const scorer = new LoneScorer(Uint8Array.of(1, 2, 3), { features: 2 });
  for (let tries = 0; tries < 2; tries += 1) await assert.rejects(scorer.score(Float32Array.of(1, 2), 1), { code: "model_unreadable" });
  await scorer.close().catch(() => {});
});
