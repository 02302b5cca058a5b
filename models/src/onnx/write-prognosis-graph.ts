// A prognosis as an ONNX graph. In: features[N,F] of CycleStream. Out: score[N] (share of the life that is known to be gone: 1 − life / cap),
// contribution[N,F] (0: no operator gives it; prognosis/explain-forecast.ts computes it from the trees), p_fail[N,H], rul[N,3] (low, middle, high; cycles).
// It does the same as `forecast` of prognosis/learn-prognosis.ts, in float32.
import type { Prognosis } from "../prognosis/learn-prognosis.ts";
import { prognosisSettings } from "../settings.ts";
import { GraphBuilder } from "./graph-builder.ts";

export function writePrognosisGraph({ life, low, high, margin, fails }: Omit<Prognosis, "features">): Uint8Array {
  const graph = new GraphBuilder();
  const zero = graph.floats("zero", [0], [1]);
  const cap = graph.floats("cap", [prognosisSettings.cap], [1]);
  const shift = graph.floats("margin", [margin], [1]);
  const inRange = (value: string): string => graph.node("Max", [graph.node("Min", [value, cap]), zero]);
  const middle = inRange(graph.trees("features", life));
  const lower = graph.node("Min", [inRange(graph.node("Sub", [graph.trees("features", low), shift])), middle]);
  const upper = graph.node("Max", [inRange(graph.node("Add", [graph.trees("features", high), shift])), middle]);
  graph.node("Concat", [lower, middle, upper], { axis: 1 }, "rul");
  const chances = fails.map(({ ensemble }) => graph.node("Sigmoid", [graph.trees("features", ensemble)]));
  graph.node("Concat", chances, { axis: 1 }, "p_fail");
  const gone = graph.node("Sub", [graph.floats("one", [1], [1]), graph.node("Div", [middle, cap])]);
  graph.node("Squeeze", [gone, graph.integers("axis_1", [1])], {}, "score");
  graph.node("Mul", ["features", zero], {}, "contribution");
  return graph.build({
    name: "prognosis-trees",
    inputs: { features: ["N", life.features] },
    outputs: { score: ["N"], contribution: ["N", life.features], p_fail: ["N", fails.length], rul: ["N", 3] },
  });
}
