// Graphs that must not get past vetting, each as the bytes of model.onnx, with the words its refusal must hold. They are small: what they do is not.
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { GraphBuilder } from "../graph-builder.ts";
import {
  AttributeProtoSchema,
  AttributeProto_AttributeType as AttributeType,
  FunctionProtoSchema,
  type ModelProto,
  ModelProtoSchema,
  NodeProtoSchema,
  StringStringEntryProtoSchema,
  TensorProtoSchema,
} from "../onnx_pb.js";

export type HostileGraph = { readonly name: string; readonly model: Uint8Array; readonly refusal: RegExp };

const columns = 2;

/** Honest: contribution = |x|, score = its sum. `build` may put something between. */
export function graphOf(
  build: (graph: GraphBuilder, sum: string) => void,
  shape: { score?: string[]; contribution?: number } = {},
): Uint8Array {
  const graph = new GraphBuilder();
  graph.node("Abs", ["features"], {}, "contribution");
  build(graph, graph.node("ReduceSum", ["contribution", graph.integers("axis", [1])], { keepdims: 0 }, "sum"));
  return graph.build({
    name: "hostile",
    inputs: { features: ["N", columns] },
    outputs: { score: shape.score ?? ["N"], contribution: ["N", shape.contribution ?? columns] },
  });
}

export const honestGraph = (): Uint8Array => graphOf((graph, sum) => graph.node("Identity", [sum], {}, "score"));

const changed = (change: (model: ModelProto & { graph: NonNullable<ModelProto["graph"]> }) => void): Uint8Array => {
  const model = fromBinary(ModelProtoSchema, honestGraph());
  change(model as ModelProto & { graph: NonNullable<ModelProto["graph"]> });
  return toBinary(ModelProtoSchema, model);
};

const withNode = (opType: string, domain = "") =>
  changed(({ graph }) => graph.node.push(create(NodeProtoSchema, { opType, domain, name: "evil", input: ["sum"], output: ["evil"] })));

const outside = (location: string) =>
  changed(({ graph }) => {
    const entry = (key: string, value: string) => create(StringStringEntryProtoSchema, { key, value });
    graph.initializer.push(
      create(TensorProtoSchema, {
        name: "far",
        dataType: 1,
        dims: [4n],
        dataLocation: 1,
        externalData: [entry("location", location), entry("length", "16")],
      }),
    );
  });

/** Rows × 1 times 1 × rows: two small constants, one large product. */
function product(rows: number): Uint8Array {
  return graphOf((graph, sum) => {
    const ones = new Array<number>(rows).fill(1);
    const huge = graph.node("MatMul", [graph.floats("tall", ones, [rows, 1]), graph.floats("wide", ones, [1, rows])]);
    graph.node("Add", [sum, graph.node("ReduceMax", [huge], { keepdims: 0 })], {}, "score");
  });
}

/** So many products of 512 × 512, each made of the one before; the first of the input, so that it cannot be folded away. */
function chain(links: number): Uint8Array {
  return graphOf((graph, sum) => {
    const size = 512;
    const matrix = graph.floats("matrix", new Array<number>(size * size).fill(1 / size), [size, size]);
    const first = graph.node("ReduceSum", [sum, graph.integers("axis_0", [0])], { keepdims: 1 });
    let last = graph.node("Add", [matrix, first]);
    for (let link = 0; link < links; link += 1) last = graph.node("MatMul", [last, matrix]);
    const nothing = graph.node("Mul", [graph.node("ReduceMax", [last], { keepdims: 0 }), graph.floats("zero", [0], [1])]);
    graph.node("Add", [sum, nothing], {}, "score");
  });
}

export const hostileGraphs: readonly HostileGraph[] = [
  { name: "Loop", model: withNode("Loop"), refusal: /operator Loop/ },
  { name: "If", model: withNode("If"), refusal: /operator If/ },
  { name: "Scan", model: withNode("Scan"), refusal: /operator Scan/ },
  { name: "an operator of another domain", model: withNode("Add", "com.evil"), refusal: /com\.evil/ },
  { name: "an operator that makes room for a shape", model: withNode("ConstantOfShape"), refusal: /ConstantOfShape/ },
  { name: "an operator that repeats", model: withNode("Tile"), refusal: /operator Tile/ },
  { name: "an operator that expands", model: withNode("Expand"), refusal: /operator Expand/ },
  {
    name: "a function of its own, with the name of an allowed operator",
    model: changed((model) => model.functions.push(create(FunctionProtoSchema, { name: "Abs", domain: "", output: ["y"], input: ["x"] }))),
    refusal: /functions of its own/,
  },
  { name: "data outside the file", model: outside("weights.bin"), refusal: /lies outside the file/ },
  { name: "data at the end of a path upwards", model: outside("../../../../etc/passwd"), refusal: /lies outside the file/ },
  { name: "data at an absolute path", model: outside("/etc/shadow"), refusal: /lies outside the file/ },
  {
    name: "data outside the file, in a node",
    model: changed(({ graph }) => {
      const t = create(TensorProtoSchema, {
        dataType: 1,
        dims: [1n],
        dataLocation: 1,
        externalData: [create(StringStringEntryProtoSchema, { key: "location", value: "x" })],
      });
      const attribute = [create(AttributeProtoSchema, { name: "value", type: AttributeType.TENSOR, t })];
      graph.node.push(create(NodeProtoSchema, { opType: "Constant", name: "evil", output: ["evil"], attribute }));
    }),
    refusal: /lies outside the file/,
  },
  {
    name: "a few bytes that claim to be six gigabytes",
    model: changed(({ graph }) =>
      graph.initializer.push(create(TensorProtoSchema, { name: "bomb", dataType: 1, dims: [1_500_000_000n], rawData: new Uint8Array(4) })),
    ),
    refusal: /claims 1500000000 elements/,
  },
  { name: "six gigabytes out of allowed operators", model: product(40_000), refusal: /vetting|graph|golden/ },
  { name: "compute without end out of allowed operators", model: chain(20_000), refusal: /vetting|budget/ },
  { name: "a row that takes too long", model: chain(40), refusal: /vetting|budget/ },
  {
    name: "NaN",
    model: graphOf((graph, sum) => graph.node("Log", [graph.node("Neg", [graph.node("Exp", [sum])])], {}, "score")),
    refusal: /no figure/,
  },
  {
    name: "infinity",
    model: graphOf((graph, sum) => graph.node("Div", [graph.node("Exp", [sum]), graph.floats("zero", [0], [1])], {}, "score")),
    refusal: /no figure/,
  },
  {
    name: "another score than its golden vectors have",
    model: graphOf((graph, sum) => graph.node("Neg", [sum], {}, "score")),
    refusal: /golden_mismatch/,
  },
  {
    name: "the declared shape of a score, and another one",
    model: graphOf((graph, sum) => graph.node("Concat", [sum, sum], { axis: 0 }, "score")),
    refusal: /scores|golden|graph/,
  },
  {
    name: "a score of two dimensions",
    model: graphOf((graph, sum) => graph.node("Identity", [sum], {}, "score"), { score: ["N", "M"] }),
    refusal: /shape/,
  },
  {
    name: "too few contributions",
    model: graphOf((graph, sum) => graph.node("Identity", [sum], {}, "score"), { contribution: 1 }),
    refusal: /shape/,
  },
  { name: "half a file", model: honestGraph().slice(0, 60), refusal: /model_unreadable/ },
  { name: "no ONNX at all", model: Buffer.from("#!/bin/sh\nreboot\n"), refusal: /model_unreadable/ },
  { name: "five megabytes", model: new Uint8Array(5 * 1024 * 1024), refusal: /bytes, at most/ },
];
