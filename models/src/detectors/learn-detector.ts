// Learns the normal of one machine from healthy rows: what stands still, what a row looks like, how far a healthy row strays.
// Deterministic: the same rows give the same figures to the last bit. 400 rows × 8 points take some ten milliseconds.
import type { FeatureSchema, ModelPoint, PointBaseline, PointStillness, SignalReference } from "@millwright/contract/model-manifest";
import { counted } from "@millwright/kit/counted";
import { featureSchema } from "../features/feature-schema.ts";
import { learnStillness } from "../features/learn-stillness.ts";
import { MachineStream } from "../features/machine-stream.ts";
import type { Row } from "../features/row.ts";
import { learningSettings } from "../settings.ts";
import { distancesOf, scoreOf } from "./distances-of.ts";
import { fitWeights } from "./fit-weights.ts";
import { learnCharts } from "./own-charts.ts";
import { signalReference } from "./signal-reference.ts";
import { finite, meanOf, quantileOf, spreadOf } from "./statistics.ts";
import type { ChannelName, Weights } from "./weights.ts";

/** Plain JSON: everything a bundle is built from. */
export type Detector = {
  readonly features: FeatureSchema;
  readonly stillness: readonly PointStillness[];
  readonly baseline: readonly PointBaseline[];
  /** Of every point, then of the score. */
  readonly reference: readonly SignalReference[];
  readonly weights: Weights;
  readonly rows: { readonly learned: number; readonly fitted: number; readonly for_limits: number; readonly bad_share: number };
};

export type LearnRefusal = "too_few_rows" | "too_many_bad" | "nothing_moves" | "rows_malformed";
export type LearnResult =
  | { readonly ok: true; readonly detector: Detector; readonly notes: string[] }
  | { readonly ok: false; readonly code: LearnRefusal; readonly reason: string };

/** @param rows healthy, in time order @param periodMs time between rows, ms */
export function learnDetector({
  points,
  periodMs,
  rows,
}: {
  points: readonly ModelPoint[];
  periodMs: number;
  rows: readonly Row[];
}): LearnResult {
  const badShare = shareOfBad(rows, points.length);
  const refusal = refuse(points, rows, badShare);
  if (refusal !== null) return { ok: false, ...refusal };

  const baseline = points.map(({ name }, p) =>
    baselineOf(
      name,
      rows.map(({ values }) => values[p] as number),
    ),
  );
  const stillness = withoutZeroConstants(learnStillness(points, rows), baseline);
  if (!stillness.some(({ is_monitored, frozen_rows }) => is_monitored && frozen_rows !== null))
    return {
      ok: false,
      code: "nothing_moves",
      reason: "no point moved while learning. Is the machine running, and are the sensors connected?",
    };

  const features = featureSchema(points, periodMs);
  const stream = new MachineStream({ schema: features, stillness });
  const split = Math.floor(learningSettings.fitShare * rows.length);
  const steps = rows.map((row) => stream.push(row).features);
  const fit = steps.slice(0, split).filter((step) => step !== null);
  const later = steps.slice(split).filter((step) => step !== null);
  if (fit.length < learningSettings.minRows / 2 || later.length < learningSettings.minRows / 8)
    return {
      ok: false,
      code: "too_few_rows",
      reason: `only ${fit.length + later.length} of ${rows.length} rows were without a gap around them`,
    };

  const reference = points.map(({ name }, p) =>
    signalReference(
      name,
      rows.map(({ values }) => values[p] as number),
    ),
  );
  const all = [...fit, ...later];
  const fitted = fitWeights({ fit, all, stillness });
  const weights = { ...withLimits(fitted, { all, later }), chart: learnCharts({ rows: all, reference, weights: fitted }) };
  const notes = stillness.flatMap(({ note }) => (note === undefined ? [] : [note]));
  return {
    ok: true,
    notes,
    detector: {
      features,
      stillness,
      baseline,
      reference: [
        ...reference,
        // Only of rows the fit has not seen: on the others it scores too low.
        signalReference(
          "score",
          later.map((row) => scoreOf(row, weights)),
        ),
      ],
      weights,
      rows: { learned: rows.length, fitted: fit.length, for_limits: later.length, bad_share: badShare },
    },
  };
}

function refuse(points: readonly ModelPoint[], rows: readonly Row[], badShare: number): { code: LearnRefusal; reason: string } | null {
  if (points.length === 0 || rows.some(({ values }) => values.length !== points.length))
    return { code: "rows_malformed", reason: `every row must have one value for each of the ${points.length} points` };
  if (rows.length < learningSettings.minRows)
    return {
      code: "too_few_rows",
      reason: `${counted(rows.length, "row is", "rows are")} too few to learn from; it takes at least ${learningSettings.minRows}`,
    };
  if (badShare > learningSettings.maxBadShare) {
    const worst = points
      .map(({ name }, p) => ({ name, bad: 1 - finite(rows.map(({ values }) => values[p] as number)).length / rows.length }))
      .reduce((a, b) => (b.bad > a.bad ? b : a));
    const reason = `${percent(badShare)} of the values are bad, at most ${percent(learningSettings.maxBadShare)} may be; the worst point is ${worst.name} with ${percent(worst.bad)}`;
    return { code: "too_many_bad", reason };
  }
  return null;
}

/**
 * Limits by one rule for all channels: from later rows, which the fit has not seen; and what the machine did while it learned must raise no alarm, such as
 * its changes of load, which are rare and far beyond the median.
 */
function withLimits(weights: Weights, { all, later }: { all: readonly Float32Array[]; later: readonly Float32Array[] }): Weights {
  const distances = all.map((features) => distancesOf(features, weights));
  const points = weights.monitored.reduce((sum, used) => sum + used, 0);
  const factor = 1 + learningSettings.limitSpread / Math.sqrt(points);
  const channel = (name: ChannelName, width = 1): Weights["fast"] => {
    const values = distances.map((row) => row[name]);
    const limit = width * factor * quantileOf(values.slice(-later.length), 0.5) || 1;
    return { ...weights[name], limit: Math.min(learningSettings.limitRise * limit, Math.max(limit, heldForTwoRows(values))) };
  };
  return { ...weights, fast: channel("fast"), slow: channel("slow"), level: channel("level", learningSettings.levelFactor) };
}

/** The largest value two rows in succession reached; the first rows are passed over, for the slow running means settle. */
function heldForTwoRows(values: readonly number[]): number {
  const settled = values.slice(learningSettings.settlingRows);
  return settled.slice(1).reduce((most, value, i) => Math.max(most, Math.min(value, settled[i] as number)), 0);
}

/** A point that never moved keeps a noise floor of a share of its mean; where that mean is 0 there is no measure, and it is left out. */
function withoutZeroConstants(stillness: readonly PointStillness[], baseline: readonly PointBaseline[]): PointStillness[] {
  return stillness.map((point, p) => {
    if (!point.is_monitored || point.frozen_rows !== null) return point;
    const { mean } = baseline[p] as PointBaseline;
    if (mean === 0) return { ...point, is_monitored: false, note: `${point.point} was always 0 while learning, so nothing is known of it` };
    return { ...point, note: `${point.point} never moved while learning; a change of several percent will raise an alarm` };
  });
}

function baselineOf(point: string, values: readonly number[]): PointBaseline {
  const mean = meanOf(values);
  return { point, mean, spread: spreadOf(values, mean), low: quantileOf(values, 0.01), high: quantileOf(values, 0.99) };
}

function shareOfBad(rows: readonly Row[], points: number): number {
  const good = rows.reduce((sum, { values }) => sum + finite([...values]).length, 0);
  return rows.length === 0 || points === 0 ? 0 : 1 - good / (rows.length * points);
}

const percent = (share: number): string => `${Math.round(1000 * share) / 10} %`;
