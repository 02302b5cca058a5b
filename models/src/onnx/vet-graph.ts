// Looks at a graph before anything runs it: only operators that end in time and memory proportional to their input, nothing outside the file.
// (onnxruntime loads a Loop that never ends and a model that allocates 6 GB; see docs/specs/models.md.)
import { fromBinary } from "@bufbuild/protobuf";
import { modelFault } from "./model-faults.ts";
import { type GraphProto, type ModelProto, ModelProtoSchema, type ValueInfoProto } from "./onnx_pb.js";

export const maxModelBytes = 4 * 1024 * 1024;

const allowedOperators = new Set(
  `Abs Add Cast Clip Concat Div Equal Exp Gather Gemm Greater GreaterOrEqual Identity IsNaN Less LessOrEqual Log MatMul Max Min Mul Neg Not
  ReduceMax ReduceMean ReduceSum Relu Reshape Sigmoid Slice Softmax Sqrt Squeeze Sub Tanh Transpose Unsqueeze Where`.split(/\s+/),
);
const allowedMlOperators = new Set(["TreeEnsembleRegressor", "TreeEnsembleClassifier"]);

/**
 * @param features F of the manifest
 * @throws Fault model_unreadable, model_not_allowed, model_shape
 */
export function vetGraph(bytes: Uint8Array, { features }: { features: number }): void {
  if (bytes.length > maxModelBytes)
    throw modelFault("model_not_allowed", `the model has ${bytes.length} bytes, at most ${maxModelBytes} are allowed`);
  const graph = parse(bytes).graph as GraphProto;
  for (const { opType, domain, attribute, name } of graph.node) {
    const isAllowed = domain === "" ? allowedOperators.has(opType) : domain === "ai.onnx.ml" && allowedMlOperators.has(opType);
    if (!isAllowed)
      throw modelFault("model_not_allowed", `operator ${domain === "" ? "" : `${domain}.`}${opType} (node ${name}) is not on the list`);
    if (attribute.some(({ g, graphs }) => g !== undefined || graphs.length > 0))
      throw modelFault("model_not_allowed", `node ${name} holds a graph of its own`);
  }
  for (const { name, externalData, dataLocation } of graph.initializer)
    if (externalData.length > 0 || dataLocation === 1) throw modelFault("model_not_allowed", `constant ${name} lies outside the file`);
  checkShape(graph.input, "features", ["N", features]);
  checkShape(graph.output, "score", ["N"]);
  checkShape(graph.output, "contribution", ["N", features]);
}

function parse(bytes: Uint8Array): ModelProto {
  let model: ModelProto;
  try {
    model = fromBinary(ModelProtoSchema, bytes);
  } catch (error) {
    throw modelFault("model_unreadable", "the file is not whole ONNX", error);
  }
  if (model.graph === undefined || model.graph.node.length === 0) throw modelFault("model_unreadable", "the file holds no graph");
  if (model.opsetImport.length === 0) throw modelFault("model_unreadable", "the file does not say which operators it uses: it is cut off");
  if (model.functions.length > 0) throw modelFault("model_not_allowed", "the model defines functions of its own");
  return model;
}

/** @param wanted numbers must match; a word stands for any dimension without a fixed number */
function checkShape(values: readonly ValueInfoProto[], name: string, wanted: readonly (number | string)[]): void {
  const type = values.find((value) => value.name === name)?.type?.value;
  if (type?.case !== "tensorType" || type.value.elemType !== 1) throw modelFault("model_shape", `there is no float32 tensor "${name}"`);
  const dims = type.value.shape?.dim.map(({ value }) => (value.case === "dimValue" ? Number(value.value) : "any")) ?? [];
  const fits =
    dims.length === wanted.length && dims.every((dim, i) => (typeof wanted[i] === "number" ? dim === wanted[i] : typeof dim === "string"));
  if (!fits) throw modelFault("model_shape", `"${name}" has the shape [${dims.join(", ")}] instead of [${wanted.join(", ")}]`);
}
