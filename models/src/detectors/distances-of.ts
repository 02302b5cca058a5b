import { distance } from "./distance.ts";
import { chartsOf } from "./own-charts.ts";
import { residualsOf } from "./residuals.ts";
import { type ChannelName, channelNames, type Weights } from "./weights.ts";

/** Distances of one row in every channel, dimensionless. In use on the box only inside the ONNX graph; here for learning and for tests. */
export function distancesOf(features: Float32Array, weights: Weights): Record<ChannelName, number> {
  const residuals = residualsOf(features, weights);
  const of = (name: ChannelName): number => distance(residuals[name], weights[name].precision, residuals.hidden).distance;
  return { fast: of("fast"), slow: of("slow"), level: of("level") };
}

/** Score of one row: the channel or the point's own chart that is furthest out, 1 = its limit. */
export function scoreOf(features: Float32Array, weights: Weights): number {
  const distances = distancesOf(features, weights);
  return Math.max(...channelNames.map((name) => distances[name] / weights[name].limit), ...chartsOf(features, weights));
}
