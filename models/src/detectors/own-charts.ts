// A chart for a single point: how far its running mean lies from its slow running mean, which follows what wanders (a drift-aware EWMA chart; Roberts,
// "Control chart tests based on geometric moving averages", Technometrics 1 (1959), 239–250). The distances over all points together need a fault of one
// point to be large beside the noise of all; a chart does not. In: features in the order of `featureKinds`. Out: 1 = the limit. Pure.
import type { SignalReference } from "@millwright/contract/model-manifest";
import { learningSettings } from "../settings.ts";
import type { Weights } from "./weights.ts";

/** Score of every point's chart, ≥ 0; 0 where the point is hidden or has no chart. */
export function chartsOf(features: Float32Array, { chart, scale }: Pick<Weights, "chart" | "scale">): Float64Array {
  return Float64Array.from(chart, (gain, p) => (gain === 0 ? 0 : gain * deviationOf(features, p, scale)));
}

/**
 * Limit = `chartFactor` × the largest deviation while learning. A point that wanders so slowly that the learning rows tell no more than a few independent
 * ones has no chart: how far it goes cannot be known from them (the temperature of SKAB's valve1 went 7 times as far, docs/decisions/0019).
 * @param rows features of all learning rows @param reference of every point: how long a row resembles the ones before it
 */
export function learnCharts({
  rows,
  reference,
  weights,
}: {
  rows: readonly Float32Array[];
  reference: readonly SignalReference[];
  weights: Pick<Weights, "scale" | "monitored">;
}): number[] {
  const { chartFactor, chartIndependentRows, chartWarmUpRows } = learningSettings;
  const warm = rows.slice(chartWarmUpRows);
  return weights.scale.map((_, p) => {
    const known = reference[p];
    if (known === undefined || weights.monitored[p] !== 1 || known.rows / known.memory_rows < chartIndependentRows) return 0;
    const largest = warm.reduce((most, features) => Math.max(most, deviationOf(features, p, weights.scale)), 0);
    return largest > 0 ? 1 / (chartFactor * largest) : 0;
  });
}

/** |running mean − slow running mean| in spreads of the fit; 0 where the point is hidden. */
function deviationOf(features: Float32Array, p: number, scale: readonly number[]): number {
  const points = scale.length;
  const deviation = Math.abs((features[3 * points + p] as number) - (features[6 * points + p] as number)) / (scale[p] as number);
  return Number.isNaN(deviation) ? 0 : deviation;
}
