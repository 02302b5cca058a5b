// Fits the weights of the detector (all but its limits and charts) to features of healthy rows.
import type { PointStillness } from "@millwright/contract/model-manifest";
import { featureSettings, learningSettings } from "../settings.ts";
import { invertSpd } from "./invert-spd.ts";
import { ledoitWolf } from "./ledoit-wolf.ts";
import { residualsOf } from "./residuals.ts";
import { ridgeAr2 } from "./ridge-ar2.ts";
import { finite, meanOf, quantileOf, spreadOf } from "./statistics.ts";
import type { Weights } from "./weights.ts";

/** A running mean with weight α has α / (2 − α) of the variance of white noise. */
const smoothing = Math.sqrt(featureSettings.ewmaAlpha / (2 - featureSettings.ewmaAlpha));

/** @param fit features of the rows to fit @param all features of all learning rows: how the points wander */
export function fitWeights({
  fit,
  all,
  stillness,
}: {
  fit: readonly Float32Array[];
  all: readonly Float32Array[];
  stillness: readonly PointStillness[];
}): Weights {
  const count = stillness.length;
  const perPoint = stillness.map((_, p) => fitPoint(fit, p, count));
  const unscaled: Weights = {
    mean: perPoint.map(({ mean }) => mean),
    scale: perPoint.map(({ scale }) => scale),
    a1: perPoint.map(({ a1 }) => a1),
    a2: perPoint.map(({ a2 }) => a2),
    monitored: stillness.map(({ is_monitored }) => (is_monitored ? 1 : 0)),
    fastScale: perPoint.map(() => 1),
    slowScale: perPoint.map(() => 1),
    driftBound: perPoint.map(() => 0),
    fast: { precision: [], limit: 1 },
    slow: { precision: [], limit: 1 },
    level: { precision: [], limit: 1 },
    chart: perPoint.map(() => 0),
  };
  const fast = speed(
    all,
    fit.length,
    unscaled,
    "fast",
    perPoint.map(({ floor }) => floor),
  );
  const slow = speed(
    all,
    fit.length,
    unscaled,
    "slow",
    perPoint.map(({ floor }) => floor * smoothing),
  );
  return {
    ...unscaled,
    fastScale: fast.scale,
    slowScale: slow.scale,
    driftBound: slow.deviation.map((deviation) => learningSettings.driftBound * deviation),
    fast: { precision: fast.precision, limit: 1 },
    slow: { precision: slow.precision, limit: 1 },
    level: {
      precision: levelPrecision(
        all,
        fit.length,
        unscaled,
        perPoint.map(({ floor }) => floor * smoothing),
      ),
      limit: 1,
    },
  };
}

/** Scale, noise floor (in scaled units) and AR coefficients of one point. */
function fitPoint(fit: readonly Float32Array[], p: number, count: number) {
  const column = (kind: number): number[] => fit.map((features) => features[kind * count + p] as number);
  const [values, lag1, lag2] = [column(0), column(1), column(2)];
  const mean = meanOf(values);
  const spread = spreadOf(values, mean);
  const steps = finite(values.map((value, i) => Math.abs(value - (lag1[i] as number)))).filter((step) => step > 0);
  const scale = spread > 0 ? spread : learningSettings.constantFloor * Math.abs(mean) || 1;
  const z = (value: number): number => (value - mean) / scale;
  const [a1, a2] = ridgeAr2(
    values.map((value, i) => [z(value), z(lag1[i] as number), z(lag2[i] as number)]),
    learningSettings.arRidge,
  );
  return { mean, scale, a1, a2, floor: spread > 0 ? (learningSettings.stepFloor * quantileOf(steps, 0.5)) / scale : 1 };
}

/** Covariance of one speed: Ledoit–Wolf on standardised residuals, plus what the noise floor and the wandering add. */
function speed(all: readonly Float32Array[], fitted: number, weights: Weights, name: "fast" | "slow", floors: readonly number[]) {
  const size = weights.mean.length;
  const residuals = all.map((features) => ({ ...residualsOf(features, weights) }));
  const column = (p: number, end: number): number[] =>
    residuals.slice(0, end).map((row) => (row.hidden.includes(p) ? Number.NaN : (row[name][p] as number)));
  const spread = weights.mean.map((_, p) => spreadOf(column(p, fitted), 0));
  const scale = spread.map((value, p) => Math.max(value, floors[p] as number) || 1);
  const rows = residuals.slice(0, fitted).map((row) => row[name].map((value, p) => value / (scale[p] as number)));
  const covariance = ledoitWolf(rows, size);
  const deviation = scale.map((value, p) => {
    const floored = Math.max(0, 1 - ((spread[p] as number) / value) ** 2);
    const wander = name === "slow" ? (learningSettings.wanderWeight * wanderOf(column(p, residuals.length))) / value ** 2 : 0;
    const variance = (covariance[p * size + p] as number) + floored + wander;
    covariance[p * size + p] = variance;
    return Math.sqrt(variance);
  });
  return { scale, deviation, precision: [...invertSpd(covariance, size)] };
}

/**
 * Precision of the levels: their covariance while learning, plus `levelWander` times that of their steps between blocks. Both as whole matrices:
 * points that follow the load together may move together, and a point that leaves the others stands out.
 */
function levelPrecision(all: readonly Float32Array[], fitted: number, weights: Weights, floors: readonly number[]): number[] {
  const size = weights.mean.length;
  const levels = all.map((features) => residualsOf(features, weights).level);
  const covariance = ledoitWolf(levels.slice(0, fitted), size);
  const rows = learningSettings.wanderBlockRows;
  const means = Array.from({ length: Math.floor(levels.length / rows) }, (_, block) =>
    Float64Array.from(floors, (_, p) => meanOf(levels.slice(block * rows, (block + 1) * rows).map((level) => level[p] as number))),
  );
  for (const [i, mean] of means.slice(1).entries())
    for (let a = 0; a < size; a += 1)
      for (let b = 0; b < size; b += 1) {
        const step = ((mean[a] as number) - (means[i]?.[a] as number)) * ((mean[b] as number) - (means[i]?.[b] as number));
        covariance[a * size + b] = (covariance[a * size + b] as number) + (learningSettings.levelWander * step) / (means.length - 1);
      }
  for (const [p, floor] of floors.entries()) covariance[p * size + p] = Math.max(covariance[p * size + p] as number, floor ** 2);
  return [...invertSpd(covariance, size)];
}

/** Mean squared step between the means of successive blocks: noise for a steady point, more for one that wanders. */
function wanderOf(values: readonly number[]): number {
  const rows = learningSettings.wanderBlockRows;
  const means: number[] = [];
  for (let start = 0; start + rows <= values.length; start += rows) means.push(meanOf(values.slice(start, start + rows)));
  return meanOf(means.slice(1).map((mean, i) => (mean - (means[i] as number)) ** 2));
}
