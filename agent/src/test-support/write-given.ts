// A bundle from elsewhere for the rig's machine, signed by the workshop: it knows two of its three points.
import { ModelImport } from "@millwright/contract/model-import";
import { GraphBuilder } from "@millwright/models/onnx/graph-builder";
import { importBundle } from "@millwright/models/onnx/import-bundle";
import { importedSchema } from "@millwright/models/onnx/imported-manifest";
import { signBundle } from "@millwright/models/onnx/sign-bundle";
import { writeBundle } from "@millwright/models/onnx/write-bundle";
import * as v from "valibot";
import { workshop } from "./pipeline-rig.ts";

export async function writeGiven(dir: string, { version = 1, createdAt = "2026-01-01T00:00:00.000Z" } = {}): Promise<void> {
  const graph = new GraphBuilder();
  const off = graph.node("Sub", ["features", graph.floats("mean", [3, 12], [2])]);
  graph.node("Div", [graph.node("Abs", [off]), graph.floats("limit", [1.5, 12], [2])], {}, "contribution");
  graph.node("ReduceSum", ["contribution", graph.integers("axis", [1])], { keepdims: 0 }, "score");
  const shapes = { inputs: { features: ["N", 2] }, outputs: { score: ["N"], contribution: ["N", 2] } };
  const part = v.parse(ModelImport, {
    id: "from-elsewhere",
    version,
    machine_class: "motor",
    purpose: "a test",
    limitations: "a test",
    relied_on_by: "a test",
    producer: "a test",
    period: "1s",
    points: [
      { name: "current", mean: 12, spread: 2 },
      { name: "vibration", mean: 3, spread: 0.2 },
    ],
    columns: ["vibration:ewma", "current:value"],
  });
  const schema = importedSchema(part);
  if (!schema.ok) throw new Error(schema.unknown.why);
  const about = { part, features: schema.schema, rows: null, createdAt };
  await writeBundle(dir, await importBundle({ model: graph.build({ name: "z", ...shapes }), ...about }));
  await signBundle(dir, workshop);
}
