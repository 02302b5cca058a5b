// Looks at a graph before anything runs it: only operators without branches and state, whose constants are whole and in the file.
// (onnxruntime loads a Loop that never ends and a model that allocates 6 GB. Allowed operators can be put together to do the same: a product
// of two long vectors, a long chain. No list keeps those out; the limits of the vetting child do. See docs/specs/models.md.)
import { fromBinary } from "@bufbuild/protobuf";
import { modelFault } from "./model-faults.ts";
import { type AttributeProto, type GraphProto, type ModelProto, ModelProtoSchema, type ValueInfoProto } from "./onnx_pb.js";
import { wrongTensor } from "./tensor-size.ts";

const maxModelBytes = 4 * 1024 * 1024;

const allowedOperators = new Set(
  `Abs Add And Cast Ceil Clip Concat Constant Div Elu Equal Erf Exp Flatten Floor Gather Gemm Greater GreaterOrEqual Identity IsInf IsNaN
  LeakyRelu Less LessOrEqual Log MatMul Max Min Mul Neg Not Or Pow ReduceL1 ReduceL2 ReduceMax ReduceMean ReduceMin ReduceProd ReduceSum
  ReduceSumSquare Relu Reshape Round Shape Sigmoid Sign Slice Softmax Softplus Sqrt Squeeze Sub Tanh Transpose Unsqueeze Where Xor`.split(
    /\s+/,
  ),
);
const allowedMlOperators = new Set([
  "Imputer",
  "LinearRegressor",
  "Normalizer",
  "Scaler",
  "TreeEnsembleClassifier",
  "TreeEnsembleRegressor",
]);

/** What a graph may give; the first two are there always. */
const knownOutputs = new Set(["score", "contribution", "p_fail", "rul"]);

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
    for (const one of attribute) {
      const wrong = wrongAttribute(one);
      if (wrong !== null) throw modelFault("model_not_allowed", `node ${name}: attribute ${one.name} ${wrong}`);
    }
  }
  for (const tensor of graph.initializer) {
    const wrong = wrongTensor(tensor);
    if (wrong !== null) throw modelFault("model_not_allowed", `constant ${tensor.name} ${wrong}`);
  }
  if (graph.sparseInitializer.length > 0) throw modelFault("model_not_allowed", "the model holds sparse constants");
  if (graph.input.length !== 1) throw modelFault("model_shape", `the model has ${graph.input.length} inputs instead of one`);
  const stranger = graph.output.find(({ name }) => !knownOutputs.has(name));
  if (stranger !== undefined) throw modelFault("model_shape", `nobody reads the output "${stranger.name}"`);
  checkShape(graph.input, "features", ["N", features]);
  checkShape(graph.output, "score", ["N"]);
  checkShape(graph.output, "contribution", ["N", features]);
}

function wrongAttribute({ g, graphs, sparseTensor, sparseTensors, tp, typeProtos, t, tensors }: AttributeProto): string | null {
  if (g !== undefined || graphs.length > 0) return "holds a graph of its own";
  if (sparseTensor !== undefined || sparseTensors.length > 0) return "is a sparse constant";
  if (tp !== undefined || typeProtos.length > 0) return "is a type";
  return [...(t === undefined ? [] : [t]), ...tensors].map(wrongTensor).find((wrong) => wrong !== null) ?? null;
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
  if (model.trainingInfo.length > 0) throw modelFault("model_not_allowed", "the model holds graphs for training");
  const foreign = model.opsetImport.find(({ domain }) => domain !== "" && domain !== "ai.onnx.ml");
  if (foreign !== undefined) throw modelFault("model_not_allowed", `the model uses operators of "${foreign.domain}"`);
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
