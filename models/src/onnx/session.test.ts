import assert from "node:assert/strict";
import { test } from "node:test";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { GraphBuilder } from "./graph-builder.ts";
import { openScorer } from "./session.ts";
import { graphOf, honestGraph } from "./test-support/hostile-graphs.ts";

const batch = Float32Array.of(1.1, -2.3, 3.7, -4.9);
const constantScore = graphOf((graph) => graph.floats("score", [7], [1]));

/** The contribution is the input itself, the score another name of its first column: both could be left where they are. */
function passing(): Uint8Array {
  const graph = new GraphBuilder();
  graph.node("Identity", ["features"], {}, "contribution");
  graph.node("Gather", ["features", graph.integers("column", [0], [])], { axis: 1 }, "score");
  return graph.build({ name: "passing", inputs: { features: ["N", 2] }, outputs: { score: ["N"], contribution: ["N", 2] } });
}

for (const [name, model] of Object.entries({ "a graph that computes": honestGraph(), "a graph that passes its input on": passing() }))
  test(`${name}: the native session gives what the package's own gives, bit for bit, into arrays of its own`, async () => {
    const session = await InferenceSession.create(model, { executionProviders: ["cpu"], intraOpNumThreads: 1 });
    const { score: expected, contribution } = await session.run({ features: new Tensor("float32", batch, [2, 2]) });
    const scorer = await openScorer(model, { features: 2 });
    const first = await scorer.score(batch, 2);
    const second = await scorer.score(
      batch.map((value) => -value),
      2,
    );
    assert.deepEqual(first.score, expected?.data);
    assert.deepEqual(first.contribution, contribution?.data);
    assert.equal(new Set([batch, first.contribution, second.contribution].map(({ buffer }) => buffer)).size, 3);
    structuredClone(first, { transfer: [first.score.buffer, first.contribution.buffer] });
    assert.equal(first.score.length, 0, "given away");
    assert.equal((await scorer.score(batch, 2)).score.length, 2);
    await Promise.all([scorer.close(), session.release()]);
  });

test("an output that has not the size of the rows is refused, and a constant is what it is", async () => {
  const scorer = await openScorer(constantScore, { features: 2 });
  await assert.rejects(scorer.score(batch, 2), { code: "session_failed" });
  assert.deepEqual((await scorer.score(batch.subarray(2), 1)).score, Float32Array.of(7));
  await scorer.close();
});

test("a figure that is none is refused wherever it stands, one that is large is not", async () => {
  const scorer = await openScorer(passing(), { features: 2 });
  for (const strange of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])
    for (let place = 0; place < batch.length; place += 1)
      await assert.rejects(scorer.score(batch.with(place, strange), 2), { code: "session_failed" });
  await assert.rejects(scorer.score(Float32Array.of(1, Number.POSITIVE_INFINITY, 2, Number.NEGATIVE_INFINITY), 2), {
    code: "session_failed",
  });
  const largest = 3.4028234663852886e38;
  assert.deepEqual((await scorer.score(new Float32Array(4).fill(largest), 2)).score, Float32Array.of(largest, largest));
  await scorer.close();
});
