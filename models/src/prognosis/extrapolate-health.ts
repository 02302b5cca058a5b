// Remaining life of a machine of which no failure is known: its health index (a slow score, or a point that has a limit) is extrapolated to its
// limit. In: the index over the time it ran, newest last. Out: when the limit is reached, with what is left open, or that there is no trend.
// The index is a Wiener process with drift plus noise of measuring (Si et al. 2011); of an index that is never 0 the logarithm is, which is growth by
// a share of itself (Gebraeel, Lawley, Li & Ryan, IIE Trans. 37, 2005). Nothing here was compared with a failure: what comes out is uncalibrated.
import { counted } from "@millwright/kit/counted";
import { prognosisSettings } from "../settings.ts";
import { passageQuantile, passageWithin, type Wiener } from "./first-passage.ts";

/** `at`: any unit of running time; the forecast has the same. */
export type HealthPoint = { readonly at: number; readonly value: number };

export type HealthForecast =
  | {
      readonly status: "trend";
      readonly middle: number;
      readonly low: number;
      /** The longest that is told apart, where it may take longer. */
      readonly high: number;
      readonly cap: number;
      /** P(limit reached within `time`). */
      readonly within: (time: number) => number;
      readonly process: Wiener;
    }
  | { readonly status: "limit_reached" | "no_trend" | "too_few"; readonly detail: string };

const { leastPoints, windows, trendSpreads, reach, modelSpread, quantiles } = prognosisSettings.health;

/** @param points at least evenly enough spaced, rising in `at`; those of no finite value are passed over @param limit above which the machine may not run */
export function extrapolateHealth(points: readonly HealthPoint[], limit: number): HealthForecast {
  const isLog = limit > 0 && points.every(({ value }) => !Number.isFinite(value) || value > 0);
  const scaled = (value: number): number => (isLog ? Math.log(value) : value);
  const whole = points.filter(({ value }) => Number.isFinite(value)).map(({ at, value }) => ({ at, value: scaled(value) }));
  if (whole.length < leastPoints)
    return { status: "too_few", detail: `it was looked at ${counted(whole.length, "time")}, ${leastPoints} are needed` };
  const candidates = windows
    .map((share) => whole.slice(-Math.ceil(share * whole.length)))
    .filter((window) => window.length >= leastPoints)
    .map(fitTrend);
  if (scaled(limit) <= (candidates[0] as Fit).level) return { status: "limit_reached", detail: "its smoothed index is at or above it" };
  const fit = candidates.find(({ slope, slopeSpread }) => slope > 0 && slope >= trendSpreads * slopeSpread);
  if (fit === undefined) return { status: "no_trend", detail: "it does not rise beyond its own noise" };
  const process = {
    distance: scaled(limit) - fit.level,
    drift: fit.slope,
    driftSpread: Math.hypot(fit.slopeSpread, modelSpread * fit.slope),
    diffusion: fit.diffusion,
  };
  const cap = reach * ((whole.at(-1)?.at ?? 0) - (whole[0]?.at ?? 0));
  const middle = passageQuantile(process, 0.5, cap);
  if (middle === Number.POSITIVE_INFINITY) return { status: "no_trend", detail: "at its pace the limit is further away than can be told" };
  const [lowShare, highShare] = quantiles;
  return {
    status: "trend",
    middle,
    low: passageQuantile(process, lowShare, cap),
    high: Math.min(cap, passageQuantile(process, highShare, cap)),
    cap,
    within: (time) => passageWithin(process, time),
    process,
  };
}

type Fit = { level: number; slope: number; slopeSpread: number; diffusion: number };

/** A robust slope; diffusion and noise by how much pairs of points differ, near ones (noise) and far ones (diffusion, too). */
function fitTrend(points: readonly HealthPoint[]): Fit {
  const n = points.length;
  const step = ((points.at(-1)?.at ?? 0) - (points[0]?.at ?? 0)) / (n - 1);
  const slope = medianSlope(points);
  const far = Math.max(2, Math.floor(n / 6));
  const [nearBy, farBy] = [meanSquare(points, 1, slope), meanSquare(points, far, slope)];
  const perStep = Math.max(0, (farBy - nearBy) / (far - 1));
  const noise = Math.max(0, (nearBy - perStep) / 2);
  const diffusion = perStep / step;
  const span = step * (n - 1);
  return {
    level: levelNow(points, perStep, noise, slope),
    slope,
    slopeSpread: Math.sqrt((1.2 * diffusion) / span + (12 * noise) / (n * span * span)),
    diffusion,
  };
}

/** Median slope of pairs half the window apart (Theil's incomplete method, 1950): robust as Theil–Sen, and linear in the points. */
function medianSlope(points: readonly HealthPoint[]): number {
  const half = Math.floor(points.length / 2);
  const slopes = points.slice(half).flatMap((to, n) => {
    const from = points[n] as HealthPoint;
    return to.at > from.at ? [(to.value - from.value) / (to.at - from.at)] : [];
  });
  const sorted = Float64Array.from(slopes).sort();
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

/** Mean square of what two points `lag` apart differ by, beyond the slope. */
function meanSquare(points: readonly HealthPoint[], lag: number, slope: number): number {
  let sum = 0;
  for (let i = lag; i < points.length; i += 1) {
    const [from, to] = [points[i - lag] as HealthPoint, points[i] as HealthPoint];
    sum += (to.value - from.value - slope * (to.at - from.at)) ** 2;
  }
  return sum / (points.length - lag);
}

/** Steady Kalman filter of a level that drifts and diffuses under noise. */
function levelNow(points: readonly HealthPoint[], perStep: number, noise: number, slope: number): number {
  const ratio = noise === 0 ? Number.POSITIVE_INFINITY : perStep / noise;
  const gain = ratio === Number.POSITIVE_INFINITY ? 1 : Math.max(1 / points.length, (Math.sqrt(ratio * ratio + 4 * ratio) - ratio) / 2);
  let level = points[0]?.value ?? 0;
  let at = points[0]?.at ?? 0;
  for (const [n, point] of points.entries()) {
    level += slope * (point.at - at);
    at = point.at;
    level += Math.max(gain, 1 / (n + 1)) * (point.value - level);
  }
  return level;
}
