// A prognosis as an ONNX graph. In: features[N,F] of CycleStream. Out: score[N] (share of the life that is known to be gone: 1 − life / cap),
// contribution[N,F] (0: no operator gives it; prognosis/explain-forecast.ts computes it from the trees), p_fail[N,H], rul[N,3] (low, middle, high; cycles).
// It does the same as `forecast` of prognosis/learn-prognosis.ts, in float32.
import type { Prognosis } from "../prognosis/learn-prognosis.ts";
import { prognosisSettings } from "../settings.ts";
import { GraphBuilder } from "./graph-builder.ts";

export function writePrognosisGraph({ life, low, high, margins, fails }: Omit<Prognosis, "features">): Uint8Array {
  const graph = new GraphBuilder();
  const zero = graph.floats("zero", [0], [1]);
  const one = graph.floats("one", [1], [1]);
  const cap = graph.floats("cap", [prognosisSettings.cap], [1]);
  const inRange = (value: string): string => graph.node("Max", [graph.node("Min", [value, cap]), zero]);
  const middle = inRange(graph.trees("features", life));
  const [lowest, highest] = [graph.trees("features", low), graph.trees("features", high)];
  const margin = marginOf(graph, margins, { sum: graph.node("Add", [inRange(lowest), inRange(highest)]), zero, one });
  const lower = graph.node("Min", [inRange(graph.node("Sub", [lowest, margin])), middle]);
  const upper = graph.node("Max", [inRange(graph.node("Add", [highest, margin])), middle]);
  graph.node("Concat", [lower, middle, upper], { axis: 1 }, "rul");
  const chances = fails.map(({ ensemble }) => graph.node("Sigmoid", [graph.trees("features", ensemble)]));
  graph.node("Concat", chances, { axis: 1 }, "p_fail");
  const gone = graph.node("Sub", [one, graph.node("Div", [middle, cap])]);
  graph.node("Squeeze", [gone, graph.integers("axis_1", [1])], {}, "score");
  graph.node("Mul", ["features", zero], {}, "contribution");
  return graph.build({
    name: "prognosis-trees",
    inputs: { features: ["N", life.features] },
    outputs: { score: ["N"], contribution: ["N", life.features], p_fail: ["N", fails.length], rul: ["N", 3] },
  });
}

/** `marginAt` of interval-margin.ts: each part's margin as much as the place is near its middle. @param known `sum` of the quantiles in range, [N,1]; constants */
function marginOf(graph: GraphBuilder, margins: readonly number[], known: { sum: string; zero: string; one: string }): string {
  const count = margins.length;
  const { sum, zero, one } = known;
  const scaled = graph.node("Mul", [sum, graph.floats("parts_a_cycle", [count / (2 * prognosisSettings.cap)], [1])]);
  const shifted = graph.node("Sub", [scaled, graph.floats("half", [0.5], [1])]);
  const place = graph.node("Max", [graph.node("Min", [shifted, graph.floats("last_part", [count - 1], [1])]), zero]);
  const distance = graph.node("Abs", [graph.node("Sub", [place, graph.floats("parts", [...margins.keys()], [1, count])])]);
  const share = graph.node("Max", [graph.node("Sub", [one, distance]), zero]);
  return graph.node("MatMul", [share, graph.floats("margins", margins, [count, 1])]);
}
