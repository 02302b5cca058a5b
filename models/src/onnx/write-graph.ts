// The detector as an ONNX graph. In: features[N,F], NaN where a point is hidden. Out: score[N] (1 = the watch limit) and contribution[N,F],
// one figure ≥ 0 per feature: the reconstruction-based contribution (Alcala & Qin, Automatica 45 (2009), 1593–1600) of the channel that leads,
// as its share of the score, in the columns `value` (fast) and `ewma` (slow, level, and the points' own charts: each by its square). The graph is
// stateless; it does the same as detectors/residuals.ts, detectors/distance.ts and detectors/own-charts.ts, in float32.
// The same graph for many machines at once has the weights of all of them as tables, and a second input machine[N]: which machine a row is of.
import { featureKinds } from "@millwright/contract/model-manifest";
import { jacobiSteps } from "../detectors/distance.ts";
import { type Channel, type ChannelName, channelNames, type Weights } from "../detectors/weights.ts";
import { GraphBuilder } from "./graph-builder.ts";

/** The bytes of a bundle's model.onnx. */
export function writeGraph(weights: Weights): Uint8Array {
  const graph = new GraphBuilder();
  return writeWith(graph, {
    points: weights.mean.length,
    weight: (name, of, shape) => graph.floats(name, of(weights), shape),
    ofChannels: (name, of, shape) =>
      graph.floats(
        name,
        channelNames.flatMap((channel) => of(weights[channel])),
        shape,
      ),
    multiply: (vector, matrix) => graph.node("MatMul", [vector, matrix]),
    steps: jacobiSteps,
  });
}

/**
 * @param machines of as many points each; `machine[N]` (int32) is an index into them. Made and run on the box, never sent anywhere
 * @param mayHide false: for batches without a hidden point only, which then need no steps towards what is most likely at it
 */
export function writeStackedGraph(machines: readonly Weights[], { mayHide }: { mayHide: boolean }): Uint8Array {
  const graph = new GraphBuilder();
  const axis = graph.integers("axis_row", [2]);
  return writeWith(graph, {
    points: machines[0]?.mean.length ?? 0,
    weight(name, of, shape) {
      const ofOne = shape.length === 3 ? shape.slice(1) : shape;
      const table = graph.floats(`${name}_table`, machines.flatMap(of), [machines.length, ...ofOne]);
      return graph.node("Gather", [table, "machine"], { axis: 0 }, name);
    },
    ofChannels(name, of, [count = 0, ...shape]) {
      const ofOne = shape.length === 2 && shape[0] === 1 ? shape.slice(1) : shape;
      const values = channelNames.flatMap((channel) => machines.flatMap((weights) => of(weights[channel])));
      const table = graph.floats(`${name}_table`, values, [count, machines.length, ...ofOne]);
      return graph.node("Gather", [table, "machine"], { axis: 1 }, name);
    },
    multiply: (vector, matrix) => graph.node("Squeeze", [graph.node("MatMul", [graph.node("Unsqueeze", [vector, axis]), matrix]), axis]),
    steps: mayHide ? jacobiSteps : 0,
    indices: { machine: ["N"] },
  });
}

/** What differs between the graph of one machine and that of many. */
type Source = {
  readonly points: number;
  /** A weight by its name, in the shape it has for one machine: its constant, or what the row's machine has of it. */
  readonly weight: (name: string, of: (weights: Weights) => readonly number[], shape: readonly number[]) => string;
  /** The same of every channel: three of them, in the order of `channelNames`. */
  readonly ofChannels: (name: string, of: (channel: Channel) => readonly number[], shape: readonly number[]) => string;
  /** [3,N,P] × P × P of the channel and the machine. */
  readonly multiply: (vector: string, matrix: string) => string;
  readonly steps: number;
  readonly indices?: Record<string, readonly string[]>;
};

function writeWith(graph: GraphBuilder, source: Source): Uint8Array {
  const { points } = source;
  const hidden = hiddenPoints(graph, source);
  const z = standardised(graph, source);
  const residual = residuals(graph, source, z);
  const { score, shares } = withCharts(graph, source, z, distances(graph, source, residual, hidden));
  const best = graph.node("ReduceMax", [score], { axes: [0] });
  graph.node("Squeeze", [best, graph.integers("axes_score", [0, 2])], {}, "score");

  const leads = graph.node("Cast", [graph.node("GreaterOrEqual", [score, best])], { to: 1 });
  const led = graph.node("Mul", [shares, graph.node("Mul", [score, leads])]);
  const sumOf = (name: string, channels: readonly number[]): string =>
    graph.node("ReduceSum", [graph.node("Gather", [led, graph.integers(name, channels)]), graph.integers(`${name}_axis`, [0])], {
      keepdims: 0,
    });
  const [ofValue, ofMean] = [sumOf("of_value", [0]), sumOf("of_mean", [1, 2, 3])];
  const nothing = graph.node("Mul", [ofValue, graph.floats("zero", [0], [1])]);
  const columns = featureKinds.map((kind) => (kind === "value" ? ofValue : kind === "ewma" ? ofMean : nothing));
  graph.node("Concat", columns, { axis: 1 }, "contribution");
  const features = featureKinds.length * points;
  return graph.build({
    name: "ar2-mahalanobis",
    inputs: { features: ["N", features] },
    outputs: { score: ["N"], contribution: ["N", features] },
    ...(source.indices === undefined ? {} : { indices: source.indices }),
  });
}

/** [N,P]: 1 where a point the model uses is hidden in this row; and [N,1]: how many of them, at least 1. */
function hiddenPoints(graph: GraphBuilder, { points, weight }: Source): { mask: string; count: string } {
  const cube = graph.node("Reshape", ["features", graph.integers("cube_shape", [-1, featureKinds.length, points])], {}, "cube");
  const value = graph.node("Gather", [cube, graph.integers("first", [0])], { axis: 1 });
  const flat = graph.node("Squeeze", [value, graph.integers("axis_kind", [1])]);
  const isNan = graph.node("Cast", [graph.node("IsNaN", [flat])], { to: 1 });
  const mask = graph.node("Mul", [isNan, weight("monitored", ({ monitored }) => monitored, [points])]);
  const sum = graph.node("ReduceSum", [mask, graph.integers("axis_points", [1])], { keepdims: 1 });
  return { mask, count: graph.node("Max", [sum, graph.floats("one", [1], [1])]) };
}

/** [N,9,P]: the features standardised, 0 where they are hidden. */
function standardised(graph: GraphBuilder, { points, weight }: Source): string {
  const mean = weight("mean", (weights) => weights.mean, [1, 1, points]);
  const filled = graph.node("Where", [graph.node("IsNaN", ["cube"]), mean, "cube"]);
  return graph.node("Div", [graph.node("Sub", [filled, mean]), weight("scale", ({ scale }) => scale, [1, 1, points])]);
}

/** [N,P] each: what detectors/residuals.ts computes. */
function residuals(graph: GraphBuilder, { points, weight }: Source, z: string): Record<ChannelName, string> {
  const ar = weight("ar", ({ a1, a2 }) => [...a1.map(() => 1), ...a1.map((a) => -a), ...a2.map((a) => -a)], [1, 3, points]);
  const residual = (name: string, first: number, divisor: string): string => {
    const three = graph.node("Gather", [z, graph.integers(`${name}_columns`, [first, first + 1, first + 2])], { axis: 1 });
    const sum = graph.node("ReduceSum", [graph.node("Mul", [three, ar]), graph.integers(`${name}_axis`, [1])], { keepdims: 0 });
    return graph.node("Div", [sum, divisor]);
  };
  const slowScale = weight("slow_scale", (weights) => weights.slowScale, [points]);
  const drift = residual("drift", 6, slowScale);
  const high = weight("drift_high", ({ driftBound }) => driftBound, [points]);
  const low = weight("drift_low", ({ driftBound }) => driftBound.map((bound) => -bound), [points]);
  const bounded = graph.node("Min", [graph.node("Max", [drift, low]), high]);
  return {
    fast: residual(
      "fast",
      0,
      weight("fast_scale", (weights) => weights.fastScale, [points]),
    ),
    slow: graph.node("Sub", [residual("slow", 3, slowScale), bounded]),
    level: graph.node("Squeeze", [
      graph.node("Gather", [z, graph.integers("level_column", [3])], { axis: 1 }),
      graph.integers("level_axis", [1]),
    ]),
  };
}

/** Of every channel: score [3,N,1], and the share [3,N,P] of every point in it. */
function distances(
  graph: GraphBuilder,
  { points, ofChannels, multiply, steps }: Source,
  residual: Record<ChannelName, string>,
  hidden: { mask: string; count: string },
): { score: string; shares: string } {
  const matrix = ofChannels("precision", ({ precision }) => precision, [channelNames.length, points, points]);
  const diagonal = ofChannels(
    "diagonal",
    ({ precision }) => Array.from({ length: points }, (_, p) => precision[p * points + p] as number),
    [channelNames.length, 1, points],
  );
  const front = graph.integers("axis_channel", [0]);
  let filled = graph.node(
    "Concat",
    channelNames.map((name) => graph.node("Unsqueeze", [residual[name], front])),
    { axis: 0 },
  );
  const change = steps > 0 ? graph.node("Div", [graph.node("Div", [hidden.mask, hidden.count]), diagonal]) : "";
  for (let step = 0; step < steps; step += 1) filled = graph.node("Sub", [filled, graph.node("Mul", [multiply(filled, matrix), change])]);
  const gradient = multiply(filled, matrix);
  const axis = graph.integers("axis_sum", [2]);
  const squared = graph.node("ReduceSum", [graph.node("Mul", [filled, gradient]), axis], { keepdims: 1 });
  const distance = graph.node("Sqrt", [graph.node("Max", [squared, graph.floats("nothing", [0], [1])])]);
  const score = graph.node("Div", [distance, ofChannels("limit", ({ limit }) => [limit], [channelNames.length, 1, 1])]);

  const visible = graph.node("Sub", [graph.floats("all", [1], [1]), hidden.mask]);
  const parts = graph.node("Mul", [graph.node("Div", [graph.node("Mul", [gradient, gradient]), diagonal]), visible]);
  const total = graph.node("Add", [graph.node("ReduceSum", [parts, axis], { keepdims: 1 }), graph.floats("tiny", [1e-12], [1])]);
  return { score, shares: graph.node("Div", [parts, total]) };
}

/** What `distances` gives, with the points' own charts as a fourth channel: score [4,N,1] and shares [4,N,P]. */
function withCharts(graph: GraphBuilder, { points, weight }: Source, z: string, channels: { score: string; shares: string }) {
  const [mean, slowMean] = [3, 6].map((kind) => graph.node("Gather", [z, graph.integers(`chart_column_${kind}`, [kind])], { axis: 1 })) as [
    string,
    string,
  ];
  const gain = weight("chart", ({ chart }) => chart, [1, 1, points]);
  const charts = graph.node("Mul", [graph.node("Abs", [graph.node("Sub", [mean, slowMean])]), gain]);
  const byPoint = graph.node("Transpose", [charts], { perm: [1, 0, 2] });
  const score = graph.node("ReduceMax", [byPoint], { axes: [2] });
  const squares = graph.node("Mul", [byPoint, byPoint]);
  const total = graph.node("ReduceSum", [squares, graph.integers("axis_charts", [2])], { keepdims: 1 });
  const shares = graph.node("Div", [squares, graph.node("Add", [total, graph.floats("least", [1e-12], [1])])]);
  return {
    score: graph.node("Concat", [channels.score, score], { axis: 0 }),
    shares: graph.node("Concat", [channels.shares, shares], { axis: 0 }),
  };
}
