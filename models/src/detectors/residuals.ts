// The AR(2) residuals of one row of features, standardised, at both speeds; the slow one re-centred within its bound.
// Points that are hidden (NaN) have residual 0; those of them the model would use are listed, for the distance to be taken over the others.
// The reference of what write-graph.ts puts into ONNX; a test holds both to each other.
import type { Weights } from "./weights.ts";

export type Residuals = { readonly fast: Float64Array; readonly slow: Float64Array; readonly hidden: readonly number[] };

/** @param features kinds × points, in the order of `featureKinds` */
export function residualsOf(features: Float32Array, weights: Weights): Residuals {
  const points = weights.mean.length;
  const fast = new Float64Array(points);
  const slow = new Float64Array(points);
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
  }
  return { fast, slow, hidden };
}

/** Residual of the three columns that begin at `kind`: value and lags, or their running means. */
function arResidual(features: Float32Array, kind: number, p: number, weights: Weights): number {
  const points = weights.mean.length;
  const z = (lag: number): number =>
    ((features[(kind + lag) * points + p] as number) - (weights.mean[p] as number)) / (weights.scale[p] as number);
  return z(0) - (weights.a1[p] as number) * z(1) - (weights.a2[p] as number) * z(2);
}
