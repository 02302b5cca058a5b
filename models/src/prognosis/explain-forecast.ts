// Why a forecast is what it is: what each signal adds to it, against the mean of the cycles the trees learned from. In: the trees, the features of one
// cycle. Out: per signal one signed figure for the remaining life (cycles) and one a horizon (log odds of failure); with `expected` they make the sum
// of the trees, before it is held between 0 and the cap.
import { cycleFeatureKinds } from "../features/cycle-stream.ts";
import type { Prognosis, PrognosisFeatures } from "./learn-prognosis.ts";
import { treeContributions } from "./tree-contributions.ts";
import type { TreeEnsemble } from "./tree-ensemble.ts";

export type ForecastReason = {
  /** Of a cycle nothing is known of. */
  readonly expected: number;
  /** What the unit's age in cycles adds. */
  readonly age: number;
  /** In the order of the points that are used. */
  readonly signals: readonly { readonly point: string; readonly contribution: number }[];
};

export type ForecastReasons = {
  /** Cycles: below 0 shortens the life. */
  readonly life: ForecastReason;
  /** Log odds: above 0 makes failure within the horizon likelier. */
  readonly fails: readonly (ForecastReason & { readonly withinCycles: number })[];
};

export type ExplainedForecast = {
  readonly trees: Pick<Prognosis, "life" | "fails">;
  /** Of the manifest: names of all points, and which of them are used how. */
  readonly features: Pick<PrognosisFeatures, "live" | "indices"> & { readonly points: readonly string[] };
  /** The features of one cycle, from `unitFeatures` or a `CycleStream`. */
  readonly row: Float32Array;
};

/** Some ten milliseconds for ensembles of 500 trees. */
export function explainForecast({ trees, features, row }: ExplainedForecast): ForecastReasons {
  const shares = indexShares(features, row);
  const reasonOf = (ensemble: TreeEnsemble): ForecastReason => {
    const { expected, columns } = treeContributions(ensemble, row);
    return { expected, age: columns.at(-1) as number, signals: foldedToSignals(columns.subarray(0, -1), features, shares) };
  };
  return {
    life: reasonOf(trees.life),
    fails: trees.fails.map(({ withinCycles, ensemble }) => ({ withinCycles, ...reasonOf(ensemble) })),
  };
}

/** Columns are kind by kind; within a kind the live points, then the wear indices, whose part goes to the points they are made of. */
function foldedToSignals(
  columns: Float64Array,
  { points, live, indices }: ExplainedForecast["features"],
  shares: readonly (readonly number[])[],
): ForecastReason["signals"] {
  const width = live.length + indices.length;
  const sums = new Float64Array(width);
  for (const [column, contribution] of columns.entries()) sums[column % width] = (sums[column % width] as number) + contribution;
  return live.map((point, p) => ({
    point: points[point] as string,
    contribution: shares.reduce((sum, share, i) => sum + (share[p] as number) * (sums[live.length + i] as number), sums[p] as number),
  }));
}

/** Of each wear index, how much of it each live point makes up now: |weight × running mean|, summed over the conditions, all together 1. */
function indexShares({ points, live, indices }: ExplainedForecast["features"], row: Float32Array): number[][] {
  const from = cycleFeatureKinds.indexOf("ewma") * (live.length + indices.length);
  return indices.map((weights) => {
    const sizes = new Float64Array(points.length);
    for (const [n, weight] of weights.entries()) sizes[n % points.length] = (sizes[n % points.length] as number) + Math.abs(weight);
    const parts = live.map((point, p) => (sizes[point] as number) * Math.abs(row[from + p] as number));
    const total = parts.reduce((sum, part) => sum + part, 0);
    return parts.map((part) => (total > 0 ? part / total : 1 / live.length));
  });
}
