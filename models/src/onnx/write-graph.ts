// The detector as an ONNX graph. In: features[N,F], NaN where a point is hidden. Out: score[N] (1 = the watch limit) and contribution[N,F],
// one figure ≥ 0 per feature: the reconstruction-based contribution (Alcala & Qin, Automatica 45 (2009), 1593–1600) of the channel that leads,
// as its share of the score, in the columns `value` (fast) and `ewma` (slow, level, and the points' own charts: each by its square). The graph is
// stateless; it does the same as detectors/residuals.ts, detectors/distance.ts and detectors/own-charts.ts, in float32, in operators that every runtime has.
// Its bytes are what bundles are told by (read-tables.ts): a change here leaves all bundles of before to onnxruntime.
import { featureKinds } from "@millwright/contract/model-manifest";
import { combinedColumns, type DetectorTables, detectorTables } from "../detectors/detector-tables.ts";
import { jacobiSteps } from "../detectors/distance.ts";
import { channelNames, type Weights } from "../detectors/weights.ts";
import { GraphBuilder } from "./graph-builder.ts";

/** The channels, and the points' own charts, which run through the same nodes: a chart is a distance of one point. */
const layerNames = [...channelNames, "chart"] as const;
const [kinds, layers] = [featureKinds.length, layerNames.length];

/** [before…, 1, P] of the detector's constants. */
type Constant = (name: Exclude<keyof DetectorTables, "precision">, before: readonly number[]) => string;

/** The bytes of a bundle's model.onnx. */
export const writeGraph = (weights: Weights): Uint8Array => writeGraphOf(detectorTables(weights));

export function writeGraphOf(constants: DetectorTables): Uint8Array {
  const graph = new GraphBuilder();
  const points = constants.mean.length;
  const constant: Constant = (name, before) => graph.floats(name, constants[name], [...before, 1, points]);
  const precision = graph.floats("precision", constants.precision, [layers, points, points]);
  const zero = graph.floats("zero", [0], [1]);
  const rows = graph.node("Reshape", ["features", graph.integers("cube", [-1, kinds, points])]);
  const byKind = graph.node("Transpose", [rows], { perm: [1, 0, 2] });
  const offMean = graph.node("Sub", [byKind, constant("mean", [])]);
  const isNan = graph.node("IsNaN", [offMean]);
  const residual = residuals(graph, constant, graph.node("Where", [isNan, zero, offMean]));
  const inverse = constant("inverse", [layers]);
  const { filled, visible } = fillHidden(graph, constant, { precision, isNan, residual, inverse, zero });

  const gradient = graph.node("MatMul", [filled, precision]);
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
function residuals(graph: GraphBuilder, constant: Constant, offMean: string): string {
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
  constant: Constant,
  { precision, isNan, residual, inverse, zero }: Record<"precision" | "isNan" | "residual" | "inverse" | "zero", string>,
): { filled: string; visible: string } {
  const isHidden = graph.node("Gather", [isNan, graph.integers("value_kind", [0], [])], { axis: 0 });
  const mask = graph.node("Where", [isHidden, constant("monitored", []), zero]);
  const hidden = graph.node("ReduceSum", [mask, graph.integers("axis_hidden", [1])]);
  const ofHidden = graph.node("Mul", [inverse, mask]);
  const change = graph.node("Div", [ofHidden, graph.node("Max", [hidden, graph.floats("one", [1], [1])])]);
  let filled = residual;
  for (let step = 0; step < jacobiSteps; step += 1)
    filled = graph.node("Sub", [filled, graph.node("Mul", [graph.node("MatMul", [filled, precision]), change])]);
  return { filled, visible: graph.node("Sub", [inverse, ofHidden]) };
}
