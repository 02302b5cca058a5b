import { distance } from "./distance.ts";
import { chartsOf } from "./own-charts.ts";
import { residualsOf } from "./residuals.ts";
import { type ChannelName, channelNames, type Weights } from "./weights.ts";

/** Distances of one row in every channel, dimensionless. For learning and for tests; rows on the box go through detector-scorer.ts, or the ONNX graph. */
export function distancesOf(features: Float32Array, weights: Weights): Record<ChannelName, number> {
  const residuals = residualsOf(features, weights);
  const of = (name: ChannelName): number => distance(residuals[name], weights[name].precision, residuals.hidden).distance;
  return { fast: of("fast"), slow: of("slow"), level: of("level") };
}

/** Score of one row: the channel or the point's own chart that is furthest out, 1 = its limit. */
export const scoreOf = (features: Float32Array, weights: Weights): number => scoredOf(features, weights).score;

/** The same, and every point's part of it, by the squares of the channel that leads; the parts add up to the score. */
export function scoredOf(features: Float32Array, weights: Weights): { readonly score: number; readonly parts: Float64Array } {
  const residuals = residualsOf(features, weights);
  const points = weights.mean.length;
  const layers = channelNames.map((name) => {
    const { precision, limit } = weights[name];
    const of = distance(residuals[name], precision, residuals.hidden);
    const square = (g: number, p: number) => (residuals.hidden.includes(p) ? 0 : (g * g) / (precision[p * points + p] as number));
    return { score: of.distance / limit, squares: of.gradient.map(square) };
  });
  const charts = chartsOf(features, weights);
  const lead = [...layers, { score: Math.max(...charts), squares: charts.map((chart) => chart * chart) }].reduce((a, b) =>
    b.score > a.score ? b : a,
  );
  const total = lead.squares.reduce((sum, square) => sum + square, 0) || 1;
  return { score: lead.score, parts: lead.squares.map((square) => (lead.score * square) / total) };
}
