// The detector as an ONNX graph. In: features[N,F], NaN where a point is hidden. Out: score[N] (1 = the watch limit) and contribution[N,F],
// one figure ≥ 0 per feature: the reconstruction-based contribution (Alcala & Qin, Automatica 45 (2009), 1593–1600) of the channel that leads,
// as its share of the score, in the columns `value` (fast) and `ewma` (slow, level). The graph is stateless; it does the same as
// detectors/residuals.ts and detectors/distance.ts, in float32.
import { featureKinds } from "@millwright/contract/model-manifest";
import { jacobiSteps } from "../detectors/distance.ts";
import { type Channel, type ChannelName, channelNames, type Weights } from "../detectors/weights.ts";
import { GraphBuilder } from "./graph-builder.ts";

export function writeGraph(weights: Weights): Uint8Array {
  const points = weights.mean.length;
  const graph = new GraphBuilder();
  const hidden = hiddenPoints(graph, weights);
  const residual = residuals(graph, weights);
  const [fast, slow, level] = channelNames.map((name) => channel(graph, name, weights[name], residual[name], hidden)) as [Part, Part, Part];
  const best = graph.node("Max", [fast.score, slow.score, level.score]);
  graph.node("Squeeze", [best, graph.integers("axis_1", [1])], {}, "score");

  const nothing = graph.node("Mul", [fast.shares, graph.floats("zero", [0], [1])]);
  const led = ({ score, shares }: Part): string => {
    const leads = graph.node("Cast", [graph.node("GreaterOrEqual", [score, best])], { to: 1 });
    return graph.node("Mul", [graph.node("Mul", [shares, score]), leads]);
  };
  const [ofValue, ofMean] = [led(fast), graph.node("Add", [led(slow), led(level)])];
  const columns = featureKinds.map((kind) => (kind === "value" ? ofValue : kind === "ewma" ? ofMean : nothing));
  graph.node("Concat", columns, { axis: 1 }, "contribution");
  const features = featureKinds.length * points;
  return graph.build({
    name: "ar2-mahalanobis",
    inputs: { features: ["N", features] },
    outputs: { score: ["N"], contribution: ["N", features] },
  });
}

/** [N,P]: 1 where a point the model uses is hidden in this row; and [N,1]: how many of them, at least 1. */
function hiddenPoints(graph: GraphBuilder, weights: Weights): { mask: string; count: string } {
  const points = weights.mean.length;
  const cube = graph.node("Reshape", ["features", graph.integers("cube_shape", [-1, featureKinds.length, points])], {}, "cube");
  const value = graph.node("Gather", [cube, graph.integers("first", [0])], { axis: 1 });
  const flat = graph.node("Squeeze", [value, graph.integers("axis_kind", [1])]);
  const isNan = graph.node("Cast", [graph.node("IsNaN", [flat])], { to: 1 });
  const mask = graph.node("Mul", [isNan, graph.floats("monitored", weights.monitored, [points])]);
  const sum = graph.node("ReduceSum", [mask, graph.integers("axis_points", [1])], { keepdims: 1 });
  return { mask, count: graph.node("Max", [sum, graph.floats("one", [1], [1])]) };
}

/** [N,P] each: what detectors/residuals.ts computes. */
function residuals(graph: GraphBuilder, weights: Weights): Record<ChannelName, string> {
  const points = weights.mean.length;
  const perPoint = (name: string, values: readonly number[], shape: readonly number[] = [points]): string =>
    graph.floats(name, values, shape);
  const mean = perPoint("mean", weights.mean, [1, 1, points]);
  const filled = graph.node("Where", [graph.node("IsNaN", ["cube"]), mean, "cube"]);
  const z = graph.node("Div", [graph.node("Sub", [filled, mean]), perPoint("scale", weights.scale, [1, 1, points])]);
  const ar = perPoint("ar", [...weights.a1.map(() => 1), ...weights.a1.map((a) => -a), ...weights.a2.map((a) => -a)], [1, 3, points]);
  const residual = (name: string, first: number, divisor: string): string => {
    const three = graph.node("Gather", [z, graph.integers(`${name}_columns`, [first, first + 1, first + 2])], { axis: 1 });
    const sum = graph.node("ReduceSum", [graph.node("Mul", [three, ar]), graph.integers(`${name}_axis`, [1])], { keepdims: 0 });
    return graph.node("Div", [sum, divisor]);
  };
  const slowScale = perPoint("slow_scale", weights.slowScale);
  const drift = residual("drift", 6, slowScale);
  const high = perPoint("drift_high", weights.driftBound);
  const low = perPoint(
    "drift_low",
    weights.driftBound.map((bound) => -bound),
  );
  const bounded = graph.node("Min", [graph.node("Max", [drift, low]), high]);
  return {
    fast: residual("fast", 0, perPoint("fast_scale", weights.fastScale)),
    slow: graph.node("Sub", [residual("slow", 3, slowScale), bounded]),
    level: graph.node("Squeeze", [
      graph.node("Gather", [z, graph.integers("level_column", [3])], { axis: 1 }),
      graph.integers("level_axis", [1]),
    ]),
  };
}

type Part = { score: string; shares: string };

/** Score [N,1] of one channel, and the share [N,P] of every point in it. */
function channel(
  graph: GraphBuilder,
  name: ChannelName,
  { precision, limit }: Channel,
  residual: string,
  hidden: { mask: string; count: string },
): Part {
  const points = Math.sqrt(precision.length);
  const matrix = graph.floats(`${name}_precision`, precision, [points, points]);
  const diagonal = graph.floats(
    `${name}_diagonal`,
    Array.from({ length: points }, (_, p) => precision[p * points + p] as number),
    [points],
  );
  let filled = residual;
  for (let step = 0; step < jacobiSteps; step += 1) {
    const change = graph.node("Div", [graph.node("MatMul", [filled, matrix]), diagonal]);
    filled = graph.node("Sub", [filled, graph.node("Div", [graph.node("Mul", [change, hidden.mask]), hidden.count])]);
  }
  const gradient = graph.node("MatMul", [filled, matrix]);
  const axis = graph.integers(`${name}_sum_axis`, [1]);
  const squared = graph.node("ReduceSum", [graph.node("Mul", [filled, gradient]), axis], { keepdims: 1 });
  const distance = graph.node("Sqrt", [graph.node("Max", [squared, graph.floats(`${name}_zero`, [0], [1])])]);
  const score = graph.node("Div", [distance, graph.floats(`${name}_limit`, [limit], [1])]);

  const visible = graph.node("Sub", [graph.floats(`${name}_one`, [1], [1]), hidden.mask]);
  const parts = graph.node("Mul", [graph.node("Div", [graph.node("Mul", [gradient, gradient]), diagonal]), visible]);
  const total = graph.node("Add", [graph.node("ReduceSum", [parts, axis], { keepdims: 1 }), graph.floats(`${name}_tiny`, [1e-12], [1])]);
  return { score, shares: graph.node("Div", [parts, total]) };
}
