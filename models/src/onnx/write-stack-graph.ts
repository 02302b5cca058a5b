// The graph of a stack: detectors learned on the box differ in their weights and not in their shape, and run as one. It gives the figures of the bundles'
// own graphs (write-graph.ts) to float32 with half the nodes, each of which costs a row alone some .4 µs whatever is in it. It is made and run on the
// box, never sent anywhere, and so may use operators that no bundle may.
// In: features[N,F] without a NaN (hidden points have their mean); with more than one machine machine[N] (int32), which of them a row is of; where points
// may be hidden hidden[N,P], 1 at those that the machine's model uses, else 0. Out: scores[N,1+2P]: the score (1 = the watch limit), each point's part of
// it in the column `value`, then in the column `ewma`. Inside, figures of a row stand point by point.
import { jacobiSteps } from "../detectors/distance.ts";
import { GraphBuilder } from "./graph-builder.ts";
import { channels, chart, kinds, layers, recentring, type StackTables, slow, sums, terms } from "./stack-tables.ts";

/** Up to so many points a machine that is alone has matrices of its own, F × 5P and smaller: fewer nodes, but they grow with the square of the points. */
const maxMatrixPoints = 32;

/**
 * @param machines one or more, of as many points each
 * @param mayHide false: for rows without a hidden point only, which need no steps towards what is most likely at it
 */
export function writeStackGraph(machines: readonly StackTables[], { mayHide }: { mayHide: boolean }): Uint8Array {
  const graph = new GraphBuilder();
  const [first, ...others] = machines as readonly [StackTables, ...StackTables[]];
  const points = first.mean.length / kinds;
  const source = others.length === 0 && points <= maxMatrixPoints ? byMatrices(graph, points, first) : byTables(graph, points, machines);
  const change = mayHide ? changeOf(graph, points) : null;
  let residual = source.residual;
  for (let step = 0; step < (change === null ? 0 : jacobiSteps); step += 1)
    residual = graph.node("Sub", [residual, graph.node("Mul", [source.multiply(residual), change as string])]);
  judge(graph, points, { residual, gradient: source.multiply(residual), change });
  return graph.build({
    name: "stack",
    inputs: { features: ["N", kinds * points], ...(mayHide ? { hidden: ["N", points] } : {}) },
    outputs: { scores: ["N", 1 + 2 * points] },
    ...(others.length > 0 ? { indices: { machine: ["N"] } } : {}),
  });
}

/** residual [N, P × 4], and what it is multiplied by: [N, P × 4] times the precision of its layer. */
type Source = { readonly residual: string; readonly multiply: (residual: string) => string };

/** The sum `recentring` goes into the layer slow. */
const isOfLayer = (sum: number, layer: number): boolean => sum === layer || (sum === recentring && layer === slow);

/** One machine: its coefficients stand in matrices. */
function byMatrices(graph: GraphBuilder, points: number, { mean, coefficient, bound, precision }: StackTables): Source {
  const matrix = matrixIn(graph);
  const [combined, added] = [sums * points, layers * points];
  const offMean = graph.node("Sub", ["features", graph.floats("mean", transposed(mean, points), [kinds * points])]);
  const combine = matrix("combine", [kinds * points, combined], (from, to) => {
    const [kind, p, sum] = [Math.floor(from / points), from % points, to % sums];
    if (p !== Math.floor(to / sums)) return 0;
    return terms.reduce(
      (all, term, t) => all + (term.kind === kind && term.sum === sum ? (coefficient[p * terms.length + t] as number) : 0),
      0,
    );
  });
  const most = graph.floats("bound", bound, [combined]);
  const least = graph.floats(
    "minus_bound",
    bound.map((value) => -value),
    [combined],
  );
  const bounded = graph.node("Max", [graph.node("Min", [graph.node("MatMul", [offMean, combine]), most]), least]);
  const add = matrix("add", [combined, added], (from, to) =>
    Math.floor(from / sums) === Math.floor(to / layers) && isOfLayer(from % sums, to % layers) ? 1 : 0,
  );
  const whole = matrix("precision", [added, added], (from, to) => {
    const [layer, at] = [to % layers, Math.floor(to / layers)];
    if (from % layers !== layer) return 0;
    if (layer === chart) return from === to ? 1 : 0;
    return precision[(at * channels + layer) * points + Math.floor(from / layers)] as number;
  });
  return { residual: graph.node("MatMul", [bounded, add]), multiply: (residual) => graph.node("MatMul", [residual, whole]) };
}

/** Its coefficients are looked up for every row. */
function byTables(graph: GraphBuilder, points: number, machines: readonly StackTables[]): Source {
  const matrix = matrixIn(graph);
  const table = (name: keyof StackTables, dims: readonly number[]): string => {
    const all = new Float32Array(machines.length * dims.reduce((product, size) => product * size, 1));
    for (const [m, tables] of machines.entries()) all.set(tables[name], (m * all.length) / machines.length);
    const constant = graph.floats(`${name}_table`, all, [machines.length, ...dims]);
    return machines.length === 1 ? constant : graph.node("Gather", [constant, "machine"], { axis: 0 }, name);
  };
  const shaped = (x: string, name: string, dims: readonly number[]): string =>
    graph.node("Reshape", [x, graph.integers(name, [-1, ...dims])]);
  const byPoint = graph.node("Transpose", [shaped("features", "by_kind", [kinds, points])], { perm: [0, 2, 1] });
  const offMean = graph.node("Sub", [byPoint, table("mean", [points, kinds])]);
  const spread = matrix("spread", [kinds, terms.length], (kind, term) => (terms[term]?.kind === kind ? 1 : 0));
  const weighed = graph.node("Mul", [graph.node("MatMul", [offMean, spread]), table("coefficient", [points, terms.length])]);
  const sum = graph.node("MatMul", [weighed, matrix("sum", [terms.length, sums], (term, to) => (terms[term]?.sum === to ? 1 : 0))]);
  const bound = table("bound", [points, sums]);
  const bounded = graph.node("Max", [graph.node("Min", [sum, bound]), graph.node("Neg", [bound])]);
  const residual = graph.node("MatMul", [bounded, matrix("add", [sums, layers], (from, to) => (isOfLayer(from, to) ? 1 : 0))]);
  const precision = table("precision", [channels * points, points]);
  // All layers by all channels in one product a row, of which a layer's own is taken; a chart is a layer of independent points.
  const own = matrix("own", [channels * layers, layers], (from, to) => (from === to * layers + to ? 1 : 0));
  const charts = matrix("charts", [layers, layers], (from, to) => (from === to && to === chart ? 1 : 0));
  let uses = 0;
  return {
    residual: shaped(residual, "flat", [layers * points]),
    multiply(flat) {
      uses += 1;
      const rows = shaped(flat, `points_${uses}`, [points, layers]);
      const crossed = shaped(graph.node("MatMul", [precision, rows]), `crossed_${uses}`, [points, channels * layers]);
      const all = graph.node("Add", [graph.node("MatMul", [crossed, own]), graph.node("MatMul", [rows, charts])]);
      return shaped(all, `flat_${uses}`, [layers * points]);
    },
  };
}

/** [N, P × 4]: 1 ÷ the hidden points of a row at each of them, else 0: a step towards what the visible ones make most likely (detectors/distance.ts). */
function changeOf(graph: GraphBuilder, points: number): string {
  const everywhere = matrixIn(graph)("every_layer", [points, layers * points], (from, to) => (from === Math.floor(to / layers) ? 1 : 0));
  return graph.node("MatMul", [graph.node("LpNormalization", ["hidden"], { axis: 1, p: 1 }), everywhere]);
}

/**
 * Distances, which of them leads, and whose it is: shares by the squares of the gradients of the layer that leads; a hidden point has none.
 * The shares of a row add up to one, and so are summed to the score, too: a second output would cost a row alone as much as eight nodes.
 */
function judge(
  graph: GraphBuilder,
  points: number,
  { residual, gradient, change }: { residual: string; gradient: string; change: string | null },
): void {
  const matrix = matrixIn(graph);
  const [width, judged] = [layers * points, channels + points];
  /** A channel is judged as a whole, a chart by itself. */
  const judgeOf = (i: number): number => (i % layers === chart ? channels + Math.floor(i / layers) : i % layers);
  const squares = graph.node("MatMul", [
    graph.node("Mul", [residual, gradient]),
    matrix("judged", [width, judged], (i, j) => (judgeOf(i) === j ? 1 : 0)),
  ]);
  const score = graph.node("Sqrt", [graph.node("ReduceMax", [squares], { axes: [1] })]);
  const leads = graph.node("Hardmax", [squares], { axis: 1 });
  const ofLead = graph.node("MatMul", [
    leads,
    matrix("of_lead", [judged, width], (j, i) => ((j < channels ? j : chart) === i % layers ? 1 : 0)),
  ]);
  const all = graph.node("Mul", [gradient, gradient]);
  const visible =
    change === null
      ? ofLead
      : graph.node("Mul", [ofLead, graph.node("Sub", [graph.floats("one", [1], [1]), graph.node("Ceil", [change])])]);
  const shares = graph.node("LpNormalization", [graph.node("Mul", [all, visible])], { axis: 1, p: 1 });
  const columns = matrix("columns", [width, 1 + 2 * points], (i, column) => {
    const [p, isValue] = [Math.floor(i / layers), i % layers === 0];
    return column === 0 || column === (isValue ? 1 : 1 + points) + p ? 1 : 0;
  });
  graph.node("Mul", [graph.node("MatMul", [shares, columns]), score], {}, "scores");
}

const matrixIn =
  (graph: GraphBuilder) =>
  (name: string, [rows, columns]: readonly [number, number], of: (row: number, column: number) => number): string =>
    graph.floats(
      name,
      Float32Array.from({ length: rows * columns }, (_, i) => of(Math.floor(i / columns), i % columns)),
      [rows, columns],
    );

/** [P, n] → [n, P] */
function transposed(table: Float32Array, points: number): Float32Array {
  const width = table.length / points;
  return table.map((_, i) => table[(i % points) * width + Math.floor(i / points)] as number);
}
