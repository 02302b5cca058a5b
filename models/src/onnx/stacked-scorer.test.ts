import assert from "node:assert/strict";
import { test } from "node:test";
import { learnDetector } from "../detectors/learn-detector.ts";
import { syntheticRows } from "../evaluation/synthetic-rows.ts";
import { MachineStream } from "../features/machine-stream.ts";
import type { Row } from "../features/row.ts";
import { readWeights } from "./read-weights.ts";
import { openScorer } from "./session.ts";
import { openStackedScorer } from "./stacked-scorer.ts";
import { writeGraph } from "./write-graph.ts";

const machines = [1, 2, 3, 4].map((seed) => {
  const { points, rows } = syntheticRows({ seed, rows: 460, cycleRows: 10, faultAt: 410, faultRows: 50 });
  const learned = learnDetector({ points, periodMs: 1000, rows: rows.slice(0, 400) });
  assert.ok(learned.ok);
  const { features, stillness, weights } = learned.detector;
  const stream = new MachineStream({ schema: features, stillness });
  stream.prime(rows.slice(0, 400));
  return { model: writeGraph(weights), width: features.columns.length, stream, rest: rows.slice(400).values() };
});
const [first] = machines;
assert.ok(first !== undefined);

const which = {
  "no row": () => false,
  "every row": () => true,
  "two of five rows": (n: number) => n % 2 === 1,
  "three of five rows": (n: number) => n % 2 === 0,
};
for (const [name, isHiding] of Object.entries(which))
  test(`each row is scored as by its machine's own graph, with hidden points in ${name}, in any order`, async () => {
    const weights = machines.map(({ model }) => readWeights(model)).filter((one) => one !== null);
    assert.equal(weights.length, machines.length);
    const stacked = await openStackedScorer(weights);
    const scorers = await Promise.all(machines.map(({ model, width }) => openScorer(model, { features: width })));
    const order = Int32Array.of(2, 0, 3, 0, 1);
    const rows = [...order].map((m, n) => {
      const { stream, rest } = machines[m] as (typeof machines)[number];
      const { atMs, values } = rest.next().value as Row;
      return stream.push({ atMs, values: values.map((value, p) => (isHiding(n) && p === n % 3 ? Number.NaN : value)) })
        .features as Float32Array;
    });
    const batch = Float32Array.from(rows.flatMap((row) => [...row]));
    const together = await stacked.score(batch, order);
    for (const [n, m] of order.entries()) {
      const alone = await scorers[m]?.score(rows[n] as Float32Array, 1);
      const score = alone?.score[0] as number;
      assert.ok(Math.abs((together.score[n] as number) - score) < 1e-5 * (1 + score), `row ${n}`);
      for (const [i, value] of (alone?.contribution ?? []).entries())
        assert.ok(Math.abs((together.contribution[n * first.width + i] as number) - value) < 1e-4 * (1 + value), `row ${n}, feature ${i}`);
    }
    await Promise.all([stacked.close(), ...scorers.map((scorer) => scorer.close())]);
  });

test("a machine that is stacked alone scores to the bit as its own graph does, with hidden points and without", async () => {
  const { model, width, stream, rest } = first;
  const weights = readWeights(model);
  assert.ok(weights !== null);
  const stacked = await openStackedScorer([weights]);
  const scorer = await openScorer(model, { features: width });
  for (const isHiding of [false, true, false]) {
    const { atMs, values } = rest.next().value as Row;
    const seen = isHiding ? values.with(1, Number.NaN) : values;
    const features = stream.push({ atMs, values: seen }).features as Float32Array;
    assert.deepEqual(await stacked.score(features, Int32Array.of(0)), await scorer.score(features, 1));
  }
  await Promise.all([stacked.close(), scorer.close()]);
});

test("a row of a machine it does not know, and machines of different widths, are refused", async () => {
  const weights = readWeights(first.model);
  assert.ok(weights !== null);
  const stacked = await openStackedScorer([weights]);
  await assert.rejects(stacked.score(new Float32Array(first.width), Int32Array.of(1)), { code: "session_failed" });
  await stacked.close();
  await assert.rejects(openStackedScorer([weights, { ...weights, mean: Float32Array.of(1) }]), { code: "model_shape" });
});

test("a graph that is not to the last byte ours has no weights", () => {
  const changed = Uint8Array.from(first.model);
  const at = Buffer.from(changed).indexOf("ar2-mahalanobis");
  changed[at] = 0x62;
  assert.equal(readWeights(changed), null);
});
