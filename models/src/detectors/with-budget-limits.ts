import { distancesOf } from "./distances-of.ts";
import { chartsOf } from "./own-charts.ts";
import { quantileOf } from "./statistics.ts";
import { type ChannelName, channelNames, type Weights } from "./weights.ts";

/**
 * The same weights with limits from healthy rows the fit has not seen: every channel, and the points' own charts together, get an equal part of one
 * false-alarm budget.
 * @param later features of those rows @param budget share of them that may lie above 1, 0…1
 */
export function withBudgetLimits(weights: Weights, later: readonly Float32Array[], budget: number): Weights {
  const distances = later.map((features) => distancesOf(features, weights));
  const limitOf = (values: readonly number[]): number => quantileOf(values, 1 - budget / (channelNames.length + 1)) || 1;
  const limit = (name: ChannelName): number => limitOf(distances.map((row) => row[name]));
  const charts = limitOf(later.map((features) => Math.max(...chartsOf(features, weights))));
  return {
    ...weights,
    fast: { ...weights.fast, limit: limit("fast") },
    slow: { ...weights.slow, limit: limit("slow") },
    level: { ...weights.level, limit: limit("level") },
    chart: weights.chart.map((gain) => gain / charts),
  };
}
