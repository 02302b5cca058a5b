import { distance } from "./distance.ts";
import { residualsOf } from "./residuals.ts";
import type { Weights } from "./weights.ts";

/** Distances of one row at both speeds, dimensionless. In use on the box only inside the ONNX graph; here for learning and for tests. */
export function distancesOf(features: Float32Array, weights: Weights): { fast: number; slow: number } {
  const { fast, slow, hidden } = residualsOf(features, weights);
  return {
    fast: distance(fast, weights.fast.precision, hidden).distance,
    slow: distance(slow, weights.slow.precision, hidden).distance,
  };
}
