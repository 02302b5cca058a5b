import assert from "node:assert/strict";
import { test } from "node:test";
import { fromBinary, toBinary } from "@bufbuild/protobuf";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { syntheticWear } from "../evaluation/synthetic-wear.ts";
import { forecast, learnPrognosis, unitFeatures } from "../prognosis/learn-prognosis.ts";
import { ModelProtoSchema } from "./onnx_pb.js";
import { readPrognosisTrees } from "./read-prognosis-trees.ts";
import "./silent-runtime.ts";
import { vetGraph } from "./vet-graph.ts";
import { writePrognosisGraph } from "./write-prognosis-graph.ts";

test("the graph is allowed and forecasts as the plain trees do", async () => {
  const prognosis = learnPrognosis(syntheticWear({ units: 25, seed: 1 }), { horizons: [10, 30], seed: 1 });
  const model = writePrognosisGraph(prognosis);
  const count = prognosis.life.features;
  vetGraph(model, { features: count });
  const rows = unitFeatures(syntheticWear({ units: 1, seed: 9 })[0] ?? [], prognosis.features);
  const batch = Float32Array.from(rows.flatMap((row) => [...row]));
  const session = await InferenceSession.create(model, { intraOpNumThreads: 1 });
  const output = await session.run({ features: new Tensor("float32", batch, [rows.length, count]) });
  const [rul, pFail] = [output["rul"]?.data as Float32Array, output["p_fail"]?.data as Float32Array];
  for (const [i, row] of rows.entries()) {
    const { low, life, high, fails } = forecast(prognosis, row);
    for (const [j, expected] of [low, life, high].entries())
      assert.ok(Math.abs((rul[3 * i + j] as number) - expected) < 1e-3, `row ${i}: ${rul[3 * i + j]} ${expected}`);
    for (const [j, expected] of fails.entries()) assert.ok(Math.abs((pFail[2 * i + j] as number) - expected) < 1e-4);
  }
  await session.release();
});

test("the trees come out of the graph as they went in; of another graph nothing does", () => {
  const prognosis = learnPrognosis(syntheticWear({ units: 12, seed: 1 }), { horizons: [10, 30], seed: 1 });
  const model = writePrognosisGraph(prognosis);
  const shape = { columns: prognosis.life.features, horizons: [10, 30] };
  const trees = readPrognosisTrees(model, shape);
  for (const row of unitFeatures(syntheticWear({ units: 1, seed: 9 })[0] ?? [], prognosis.features)) {
    const [found, { low, life, high, fails }] = [forecast({ ...prognosis, ...trees }, row), forecast(prognosis, row)];
    for (const [given, expected] of [
      [found.low, low],
      [found.life, life],
      [found.high, high],
    ] as const)
      assert.ok(Math.abs(given - expected) < 1e-4, `${given} ${expected}`);
    assert.ok(found.fails.every((p, i) => Math.abs(p - (fails[i] as number)) < 1e-6));
  }
  assert.deepEqual(trees?.life.cover, prognosis.life.cover);
  assert.equal(readPrognosisTrees(model, { ...shape, horizons: [10] }), null);
  const foreign = toBinary(ModelProtoSchema, { ...fromBinary(ModelProtoSchema, model), producerName: "another" });
  assert.equal(readPrognosisTrees(foreign, shape), null);
});
