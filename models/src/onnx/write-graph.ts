// The detector as an ONNX graph. In: features[N,F], NaN where a point is hidden. Out: score[N] (1 = the watch limit) and contribution[N,F],
// one figure ≥ 0 per feature: the reconstruction-based contribution (Alcala & Qin, Automatica 45 (2009), 1593–1600) of the channel that leads,
// as its share of the score, in the columns `value` (fast) and `ewma` (slow, level, and the points' own charts: each by its square). The graph is
// stateless; it does the same as detectors/residuals.ts, detectors/distance.ts and detectors/own-charts.ts, in float32. A row alone costs some .4 µs a node, whatever is in it: hence few, large nodes.
// The same graph for many machines at once has the constants of all of them as tables, and a second input machine[N]: which machine a row is of.
import { featureKinds } from "@millwright/contract/model-manifest";
import { jacobiSteps } from "../detectors/distance.ts";
import { channelNames, type Weights } from "../detectors/weights.ts";
import { GraphBuilder } from "./graph-builder.ts";
import { combinedColumns, type GraphConstants, graphConstants } from "./graph-constants.ts";

/** The channels, and the points' own charts, which run through the same nodes: a chart is a distance of one point. */
const layerNames = [...channelNames, "chart"] as const;
const [kinds, layers] = [featureKinds.length, layerNames.length];

/** The bytes of a bundle's model.onnx. */
export const writeGraph = (weights: Weights): Uint8Array => writeGraphOf(graphConstants(weights));

/** @param mayHide false: for rows without a hidden point only, which need no steps towards what is most likely at it; such a graph is never sent anywhere */
export function writeGraphOf(constants: GraphConstants, { mayHide = true }: { mayHide?: boolean } = {}): Uint8Array {
  const graph = new GraphBuilder();
  const points = constants.mean.length;
  return writeWith(graph, {
    points,
    constant: (name, before) => graph.floats(name, constants[name], [...before, 1, points]),
    precision: graph.floats("precision", constants.precision, [layers, points, points]),
    multiply: (vector, matrix) => graph.node("MatMul", [vector, matrix]),
    mayHide,
  });
}

/**
 * @param machines of as many points each; `machine[N]` (int32) is an index into them. Made and run on the box, never sent anywhere
 * @param mayHide as of `writeGraphOf`
 */
export function writeStackedGraph(machines: readonly GraphConstants[], { mayHide }: { mayHide: boolean }): Uint8Array {
  const graph = new GraphBuilder();
  const points = machines[0]?.mean.length ?? 0;
  const axis = graph.integers("axis_row", [2]);
  const table = (name: keyof GraphConstants, before: readonly number[], after: readonly number[]): string => {
    const values = interleaved(
      machines.map((constants) => constants[name]),
      product(after),
    );
    const all = graph.floats(`${name}_table`, values, [...before, machines.length, ...after]);
    return graph.node("Gather", [all, "machine"], { axis: before.length }, name);
  };
  return writeWith(graph, {
    points,
    constant: (name, before) => table(name, before, [points]),
    precision: table("precision", [layers], [points, points]),
    multiply: (vector, matrix) => graph.node("Squeeze", [graph.node("MatMul", [graph.node("Unsqueeze", [vector, axis]), matrix]), axis]),
    mayHide,
    indices: { machine: ["N"] },
  });
}

/** What differs between the graph of one machine and that of many. */
type Source = {
  readonly points: number;
  /** [before…, N or 1, P]: what every row's machine has of it. */
  readonly constant: (name: Exclude<keyof GraphConstants, "precision">, before: readonly number[]) => string;
  readonly precision: string;
  /** [4,N,P] × P × P of the layer and the machine. */
  readonly multiply: (vector: string, matrix: string) => string;
  readonly mayHide: boolean;
  readonly indices?: Record<string, readonly string[]>;
};

function writeWith(graph: GraphBuilder, source: Source): Uint8Array {
  const { points } = source;
  const zero = graph.floats("zero", [0], [1]);
  const rows = graph.node("Reshape", ["features", graph.integers("cube", [-1, kinds, points])]);
  const byKind = graph.node("Transpose", [rows], { perm: [1, 0, 2] });
  const offMean = graph.node("Sub", [byKind, source.constant("mean", [])]);
  const isNan = graph.node("IsNaN", [offMean]);
  const residual = residuals(graph, source, graph.node("Where", [isNan, zero, offMean]));
  const inverse = source.constant("inverse", [layers]);
  const { filled, visible } = source.mayHide
    ? fillHidden(graph, source, { isNan, residual, inverse, zero })
    : { filled: residual, visible: inverse };

  const gradient = source.multiply(filled, source.precision);
  const axis = graph.integers("axis_points", [2]);
  const parts = graph.node("Mul", [graph.node("Mul", [gradient, gradient]), visible]);
  const together = graph.node("ReduceSum", [graph.node("Mul", [filled, gradient]), axis]);
  const squared = graph.node("Where", [isChart(graph, zero), graph.node("ReduceMax", [parts], { axes: [2] }), together]);
  const score = graph.node("Sqrt", [graph.node("Max", [squared, zero])]);
  const best = graph.node("ReduceMax", [score], { axes: [0] });
  graph.node("Squeeze", [best, graph.integers("axes_score", [0, 2])], {}, "score");

  const led = graph.node("Where", [graph.node("GreaterOrEqual", [score, best]), score, zero]);
  const total = graph.node("Add", [graph.node("ReduceSum", [parts, axis]), graph.floats("tiny", [1e-12], [1])]);
  const shares = graph.node("Mul", [parts, graph.node("Div", [led, total])]);
  const columns = graph.node("MatMul", [shareColumns(graph), graph.node("Transpose", [shares], { perm: [1, 0, 2] })]);
  graph.node("Reshape", [columns, graph.integers("flat", [-1, kinds * points])], {}, "contribution");
  return graph.build({
    name: "ar2-mahalanobis",
    inputs: { features: ["N", kinds * points] },
    outputs: { score: ["N"], contribution: ["N", kinds * points] },
    ...(source.indices === undefined ? {} : { indices: source.indices }),
  });
}

/** [4,1,1]: true for the charts, of which the worst counts, not the distance of all together. */
function isChart(graph: GraphBuilder, zero: string): string {
  const flags = layerNames.map((name) => (name === "chart" ? 1 : 0));
  return graph.node("Greater", [graph.floats("chart_layer", flags, [layers, 1, 1]), zero]);
}

/** [9,4]: which layer's share goes to which kind of column. */
function shareColumns(graph: GraphBuilder): string {
  const kindOf = { fast: "value", slow: "ewma", level: "ewma", chart: "ewma" } as const;
  const ones = featureKinds.flatMap((kind) => layerNames.map((name) => (kindOf[name] === kind ? 1 : 0)));
  return graph.floats("share_columns", ones, [kinds, layers]);
}

/** [9,N,P] → [4,N,P]: what detectors/residuals.ts computes, and the charts with their sign. */
function residuals(graph: GraphBuilder, { constant }: Source, offMean: string): string {
  const columns = graph.node("Gather", [offMean, graph.integers("columns", combinedColumns, [layers, 2, 3])], { axis: 0 });
  const weighed = graph.node("Mul", [columns, constant("combine", [layers, 2, 3])]);
  const sums = graph.node("ReduceSum", [weighed, graph.integers("axis_column", [2])], { keepdims: 0 });
  const bound = constant("bound", [layers, 2]);
  const bounded = graph.node("Max", [graph.node("Min", [sums, bound]), graph.node("Neg", [bound])]);
  return graph.node("ReduceSum", [bounded, graph.integers("axis_sum", [1])], { keepdims: 0 });
}

/**
 * Residuals of hidden points become what the visible ones make most likely (detectors/distance.ts).
 * @returns filled [4,N,P] and visible [4,N,P]: 1 ÷ the diagonal of the precision, 0 for a hidden point that the model uses
 */
function fillHidden(
  graph: GraphBuilder,
  { constant, multiply, precision }: Source,
  { isNan, residual, inverse, zero }: { isNan: string; residual: string; inverse: string; zero: string },
): { filled: string; visible: string } {
  const isHidden = graph.node("Gather", [isNan, graph.integers("value_kind", [0], [])], { axis: 0 });
  const mask = graph.node("Where", [isHidden, constant("monitored", []), zero]);
  const hidden = graph.node("ReduceSum", [mask, graph.integers("axis_hidden", [1])]);
  const ofHidden = graph.node("Mul", [inverse, mask]);
  const change = graph.node("Div", [ofHidden, graph.node("Max", [hidden, graph.floats("one", [1], [1])])]);
  let filled = residual;
  for (let step = 0; step < jacobiSteps; step += 1)
    filled = graph.node("Sub", [filled, graph.node("Mul", [multiply(filled, precision), change])]);
  return { filled, visible: graph.node("Sub", [inverse, ofHidden]) };
}

/** Tables of several machines as one: `length` figures of each machine in turn, then the next so many of each. */
function interleaved(tables: readonly Float32Array[], length: number): Float32Array {
  const size = tables[0]?.length ?? 0;
  const all = new Float32Array(size * tables.length);
  for (const [m, table] of tables.entries())
    for (let from = 0; from < size; from += length)
      all.set(table.subarray(from, from + length), (from / length) * tables.length * length + m * length);
  return all;
}

const product = (sizes: readonly number[]): number => sizes.reduce((all, size) => all * size, 1);
