import assert from "node:assert/strict";
import { test } from "node:test";
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import fc from "fast-check";
import { GraphBuilder } from "./graph-builder.ts";
import { type ModelProto, ModelProtoSchema, NodeProtoSchema, StringStringEntryProtoSchema } from "./onnx_pb.js";
import { vetGraph } from "./vet-graph.ts";

function smallModel(): Uint8Array {
  const graph = new GraphBuilder();
  graph.node("ReduceSum", ["features", graph.integers("axis", [1])], { keepdims: 0 }, "score");
  graph.node("Mul", ["features", graph.floats("half", [0.5], [1])], {}, "contribution");
  return graph.build({ name: "small", inputs: { features: ["N", 3] }, outputs: { score: ["N"], contribution: ["N", 3] } });
}

function changed(change: (model: ModelProto) => void): Uint8Array {
  const model = fromBinary(ModelProtoSchema, smallModel());
  change(model);
  return toBinary(ModelProtoSchema, model);
}

const refusal = (bytes: Uint8Array, features = 3): string => {
  try {
    vetGraph(bytes, { features });
    return "allowed";
  } catch (error) {
    return (error as { code: string }).code;
  }
};

test("a graph of allowed operators with the right shapes passes; another number of features does not", () => {
  assert.equal(refusal(smallModel()), "allowed");
  assert.equal(refusal(smallModel(), 4), "model_shape");
});

test("control flow, foreign operators, functions and data outside the file are refused", () => {
  const node = (opType: string, domain = "") => create(NodeProtoSchema, { opType, domain, name: "x", output: ["x"] });
  for (const bad of [node("Loop"), node("If"), node("Scan"), node("Add", "com.evil")])
    assert.equal(refusal(changed(({ graph }) => graph?.node.push(bad))), "model_not_allowed");
  const outside = create(StringStringEntryProtoSchema, { key: "location", value: "../../etc/passwd" });
  assert.equal(refusal(changed(({ graph }) => graph?.initializer[0]?.externalData.push(outside))), "model_not_allowed");
});

test("a file that is far too large is refused before it is parsed", () => {
  assert.equal(refusal(new Uint8Array(5 * 1024 * 1024)), "model_not_allowed");
});

test("whatever bytes come, the answer is a fault of ours", () => {
  const known = new Set(["model_unreadable", "model_not_allowed", "model_shape", "allowed"]);
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => known.has(refusal(bytes))));
  const model = smallModel();
  fc.assert(fc.property(fc.nat(model.length - 1), (length) => refusal(model.slice(0, length)) !== "allowed"));
});
