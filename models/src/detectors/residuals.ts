// What each channel measures in one row of features: AR(2) residuals at two speeds, the slow one re-centred within its bound, and the level.
// Points that are hidden (NaN) have residual 0; those of them the model would use are listed, for the distance to be taken over the others.
// The reference of what write-graph.ts puts into ONNX; a test holds both to each other.
import type { ChannelName, Weights } from "./weights.ts";

export type Residuals = Readonly<Record<ChannelName, Float64Array>> & { readonly hidden: readonly number[] };

/** @param features kinds × points, in the order of `featureKinds` */
export function residualsOf(features: Float32Array, weights: Weights): Residuals {
  const points = weights.mean.length;
  const fast = new Float64Array(points);
  const slow = new Float64Array(points);
  const level = new Float64Array(points);
  const hidden: number[] = [];
  for (let p = 0; p < points; p += 1) {
    if (Number.isNaN(features[p])) {
      if (weights.monitored[p] === 1) hidden.push(p);
      continue;
    }
    const residual = (kind: number): number => arResidual(features, kind, p, weights);
    fast[p] = residual(0) / (weights.fastScale[p] as number);
    const slowScale = weights.slowScale[p] as number;
    const bound = weights.driftBound[p] as number;
    slow[p] = residual(3) / slowScale - Math.min(bound, Math.max(-bound, residual(6) / slowScale));
    level[p] = standardised(features, 3, p, weights);
  }
  return { fast, slow, level, hidden };
}

/** Residual of the three columns that begin at `kind`: value and lags, or their running means. */
function arResidual(features: Float32Array, kind: number, p: number, weights: Weights): number {
  const z = (lag: number): number => standardised(features, kind + lag, p, weights);
  return z(0) - (weights.a1[p] as number) * z(1) - (weights.a2[p] as number) * z(2);
}

function standardised(features: Float32Array, kind: number, p: number, { mean, scale }: Weights): number {
  return ((features[kind * mean.length + p] as number) - (mean[p] as number)) / (scale[p] as number);
}
