import assert from "node:assert/strict";
import { test } from "node:test";
import { ModelImport } from "@millwright/contract/model-import";
import * as v from "valibot";
import { featureColumns, strangeColumn } from "../features/feature-columns.ts";
import { GraphBuilder } from "./graph-builder.ts";
import { importBundle } from "./import-bundle.ts";
import { importedSchema } from "./imported-manifest.ts";

/** As somebody else would make it: contribution = |z| of two columns, score = their sum. */
function simple(): Uint8Array {
  const graph = new GraphBuilder();
  const centred = graph.node("Sub", ["features", graph.floats("mean", [100, 5], [2])]);
  graph.node("Div", [graph.node("Abs", [centred]), graph.floats("spread", [12, 2], [2])], {}, "contribution");
  graph.node("ReduceSum", ["contribution", graph.integers("axis", [1])], { keepdims: 0 }, "score");
  return graph.build({ name: "z", inputs: { features: ["N", 2] }, outputs: { score: ["N"], contribution: ["N", 2] } });
}

const part = v.parse(ModelImport, {
  id: "flow-z",
  machine_class: "centrifugal-pump",
  purpose: "notices when flow or vibration leave their band.",
  limitations: "knows nothing of the load.",
  relied_on_by: "the reliability engineer of line 1.",
  producer: "a test",
  period: "1s",
  points: [
    { name: "flow", unit: "m3/h", mean: 100, spread: 3, longest_still_rows: 5 },
    { name: "vibration", unit: "mm/s", mean: 5, spread: 0.5 },
  ],
  columns: ["flow:value", "vibration:ewma"],
});
const createdAt = "2026-01-01T00:00:00.000Z";

function schema() {
  const found = importedSchema(part);
  assert.ok(found.ok);
  return found.schema;
}

test("a graph from elsewhere is wrapped: the same input gives the same bundle, with golden vectors and a card that says who may rely on it", async () => {
  const make = () => importBundle({ model: simple(), part, features: schema(), rows: null, createdAt });
  const bundle = await make();
  assert.deepEqual(await make(), bundle);
  assert.equal(bundle.golden.trimEnd().split("\n").length, 33);
  assert.match(bundle.card, /\*\*Who may rely on it\*\*: the reliability engineer of line 1\./);
  assert.match(bundle.card, /its maker gives no hash of the training data/);
  assert.deepEqual(
    bundle.manifest.stillness.map(({ frozen_rows }) => frozen_rows),
    [50, null],
  );
});

test("its maker's scores must be met, also where rows are scored together", async () => {
  const features = Float32Array.of(112, 5);
  const wrap = (score: number) => importBundle({ model: simple(), part, features: schema(), rows: [{ features, score }], createdAt });
  assert.match((await wrap(1)).golden, /\n1,112,5\n/);
  await assert.rejects(wrap(2), { code: "golden_mismatch" });
});

test("a graph that looks at the rows beside the row it scores is refused: they may be another machine's", async () => {
  const graph = new GraphBuilder();
  const total = graph.node("ReduceSum", ["features", graph.integers("rows", [0])], { keepdims: 1 });
  graph.node("Abs", [graph.node("Sub", ["features", total])], {}, "contribution");
  graph.node("ReduceSum", ["contribution", graph.integers("axis", [1])], { keepdims: 0 }, "score");
  const model = graph.build({ name: "batch", inputs: { features: ["N", 2] }, outputs: { score: ["N"], contribution: ["N", 2] } });
  await assert.rejects(importBundle({ model, part, features: schema(), rows: null, createdAt }), { code: "golden_mismatch" });
});

test("columns are those of the feature library, named once; the stream's features are picked, contributions put back", () => {
  const unknown = (...columns: string[]) => {
    const found = importedSchema({ ...part, columns });
    return found.ok ? null : found.unknown.why;
  };
  assert.match(unknown("flow:mean") ?? "", /^of this point there are: flow:value, flow:lag1/);
  assert.match(unknown("pressure:value") ?? "", /^there is no point "pressure"; there are: flow, vibration/);
  assert.equal(unknown("flow:value", "flow:value"), "it is there twice");
  const columns = featureColumns(schema());
  const features = Float32Array.from({ length: 18 }, (_, i) => i);
  assert.deepEqual([...(columns?.pick(features) ?? [])], [0, 7]);
  assert.deepEqual(
    [...(columns?.spread(Float32Array.of(3, 4)) ?? [])].flatMap((value, i) => (value === 0 ? [] : [[i, value]])),
    [
      [0, 3],
      [7, 4],
    ],
  );
  const another = { ...schema(), columns: schema().columns.map((column) => ({ ...column, alpha: 0.5 })) };
  assert.equal(featureColumns(another), null);
  assert.equal(strangeColumn(another)?.column, "flow:value");
});
