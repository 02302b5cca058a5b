// The figures of a detector as its graph holds them: what is constant is multiplied out once, here, and not with every row.
// In: weights. Out: float32 tables by name, all that a graph of one machine or of many is made of (onnx/write-graph.ts), or a scorer without a graph (detector-scorer.ts).
import { type Channel, channelNames, type Weights } from "./weights.ts";

/**
 * P points, four layers: the channels (fast, slow, level) in the order of `channelNames`, then the points' own charts:
 * `mean` [P]; `combine` [4, 2, 3, P]: of each layer two sums of three columns (`combinedColumns`), as multiples of (value − mean);
 * `bound` [4, 2, P]: each sum is clipped to ± this (infinite: not at all); `monitored` [P]: 1 or 0;
 * `precision` [4, P, P]: ÷ limit², so that the distance is the score; 1 for the charts, each of which is a score; `inverse` [4, P]: 1 ÷ its diagonal.
 */
export type DetectorTables = { readonly [Name in (typeof detectorTableNames)[number]]: Float32Array };

export const detectorTableNames = ["mean", "combine", "bound", "monitored", "precision", "inverse"] as const;

/** Indices into `featureKinds`: value and lags; their running means less the slow ones of those (bounded); the running mean alone; and less the slow one. */
export const combinedColumns: readonly number[] = [
  [0, 1, 2],
  [0, 1, 2],
  [3, 4, 5],
  [6, 7, 8],
  [3, 4, 5],
  [3, 4, 5],
  [3, 4, 5],
  [6, 7, 8],
].flat();

export function detectorTables(weights: Weights): DetectorTables {
  const { mean, scale, a1, a2, monitored, fastScale, slowScale, driftBound, chart } = weights;
  const nothing = mean.map(() => 0);
  const unbounded = mean.map(() => Number.POSITIVE_INFINITY);
  /** Of a column: its coefficient for every point, over what the residual is measured in. */
  const over = (divisor: readonly number[], coefficient: (p: number) => number): number[] =>
    mean.map((_, p) => coefficient(p) / ((scale[p] as number) * (divisor[p] as number)));
  const residual = (divisor: readonly number[], sign: 1 | -1): number[] => [
    ...over(divisor, () => sign),
    ...over(divisor, (p) => -sign * (a1[p] as number)),
    ...over(divisor, (p) => -sign * (a2[p] as number)),
  ];
  const none = [...nothing, ...nothing, ...nothing];
  const ones = mean.map(() => 1);
  const only = (coefficient: (p: number) => number): number[] => [...over(ones, coefficient), ...nothing, ...nothing];
  const level = only(() => 1);
  const charts = [only((p) => chart[p] as number), only((p) => -(chart[p] as number))];
  const identity = Float32Array.from({ length: mean.length ** 2 }, (_, i) => (i % (mean.length + 1) === 0 ? 1 : 0));
  const precision = [...channelNames.map((name) => precisionOf(weights[name])), identity];
  return {
    mean: Float32Array.from(mean),
    combine: Float32Array.from(
      [residual(fastScale, 1), none, residual(slowScale, 1), residual(slowScale, -1), level, none, ...charts].flat(),
    ),
    bound: Float32Array.from([unbounded, nothing, unbounded, driftBound, unbounded, nothing, unbounded, unbounded].flat()),
    monitored: Float32Array.from(monitored),
    precision: Float32Array.from(precision.flatMap((of) => [...of])),
    inverse: Float32Array.from(precision.flatMap((of) => mean.map((_, p) => 1 / (of[p * mean.length + p] as number)))),
  };
}

function precisionOf({ precision, limit }: Channel): Float32Array {
  return Float32Array.from(precision, (value) => value / (limit * limit));
}
