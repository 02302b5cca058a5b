// The fixed protocol of `train --auto`, on healthy rows alone. Three blocks of rows are judged, each by what was learned from the rows before it:
//   false alarms  alarm rows of the block as it is
//   sensitivity   a step of 4 spreads in each monitored point, and a drift to 4 spreads over 100 rows, injected into the last half of the block:
//                 found when an alarm begins within 150 rows
// Chosen: the most found among those with at most 1 % alarm rows; on a tie the fewest alarm rows, then the first of the grid. Where none keeps
// the budget: the fewest alarm rows, and `keepsBudget` says so. Deterministic. The judged rows choose the settings, so the figures of the chosen
// one are a little too good: they rank, they promise nothing.
import type { ModelPoint } from "@millwright/contract/model-manifest";
import { counted } from "@millwright/kit/counted";
import { decisionStep, initialDecision } from "../decisions/decision-step.ts";
import { scoredOf } from "../detectors/distances-of.ts";
import { type Detector, learnDetector } from "../detectors/learn-detector.ts";
import { channelNames, type Weights } from "../detectors/weights.ts";
import { MachineStream } from "../features/machine-stream.ts";
import type { Hold } from "../features/point-features.ts";
import type { Row } from "../features/row.ts";
import { learningSettings, thresholdSettings } from "../settings.ts";
import { disturbRow } from "./disturb-row.ts";
import { type LearningChoice, learningGrid } from "./learning-grid.ts";

export type Tried = LearningChoice & {
  /** Percent of the unseen healthy rows with an alarm; percent of the injected faults found. */
  readonly alarmPercent: number;
  readonly foundPercent: number;
  readonly isChosen: boolean;
};
export type Search = { readonly ok: true; readonly tried: readonly Tried[]; readonly chosen: Tried; readonly keepsBudget: boolean };
export type SearchResult = Search | { readonly ok: false; readonly reason: string };

const budgetPercent = 1;
const blocks = [0.55, 0.7, 0.85];
const blockShare = 0.15;
/** Longer blocks are judged at their beginning only, so that a search takes seconds. */
const mostJudged = 600;
const foundWithin = 150;
const injection = { spreads: 4, driftRows: 100 };

type Fold = { detector: Detector; learned: readonly Row[]; judged: readonly Row[] };
type Injected = { point: number; from: number; kind: "step" | "drift" };

export function trySettings(options: { points: readonly ModelPoint[]; periodMs: number; rows: readonly Row[] }): SearchResult {
  const figures: Omit<Tried, "isChosen">[] = [];
  for (const window of ["all", "last_half"] as const) {
    const folds: Fold[] = [];
    for (const at of blocks) {
      const fold = foldOf(options, at, window);
      if (typeof fold === "string") return { ok: false, reason: fold };
      folds.push(fold);
    }
    for (const choice of learningGrid.filter(({ rows }) => rows === window))
      figures.push({ ...choice, ...judge(folds, choice.limitFactor) });
  }
  const kept = figures.filter(({ alarmPercent }) => alarmPercent <= budgetPercent);
  const best = (kept.length > 0 ? kept : figures).reduce((a, b) => (isBetter(b, a, kept.length > 0) ? b : a));
  const tried = figures.map((each) => ({ ...each, isChosen: each === best }));
  return { ok: true, tried, chosen: { ...best, isChosen: true }, keepsBudget: kept.length > 0 };
}

/** The detector with other limits: learning itself stays as it is. */
export function withLimitFactor(detector: Detector, factor: number): Detector {
  const scaled = Object.fromEntries(
    channelNames.map((name) => [name, { ...detector.weights[name], limit: factor * detector.weights[name].limit }]),
  );
  const score = detector.reference.map((each) =>
    each.name === "score" ? { ...each, edges: each.edges.map((edge) => edge / factor) } : each,
  );
  const chart = detector.weights.chart.map((gain) => gain / factor);
  return { ...detector, reference: score, weights: { ...detector.weights, ...scaled, chart } as Weights };
}

function isBetter(a: Omit<Tried, "isChosen">, b: Omit<Tried, "isChosen">, isKept: boolean): boolean {
  if (isKept && a.foundPercent !== b.foundPercent) return a.foundPercent > b.foundPercent;
  return a.alarmPercent < b.alarmPercent;
}

function foldOf(
  { points, periodMs, rows }: { points: readonly ModelPoint[]; periodMs: number; rows: readonly Row[] },
  at: number,
  window: LearningChoice["rows"],
): Fold | string {
  const until = Math.floor(at * rows.length);
  const learned = rows.slice(window === "all" ? 0 : Math.floor(until / 2), until);
  const judged = rows.slice(until, until + Math.min(mostJudged, Math.floor(blockShare * rows.length)));
  const fewest = Math.ceil(learningSettings.minRows / (blocks[0] as number) / 0.5);
  if (judged.length < 2 || learned.length < learningSettings.minRows)
    return `${counted(rows.length, "row is", "rows are")} too few to choose settings on; it takes at least ${fewest}. Train without --auto, or give more`;
  const result = learnDetector({ points, periodMs, rows: learned });
  return result.ok ? { detector: result.detector, learned, judged } : result.reason;
}

function judge(folds: readonly Fold[], factor: number): { alarmPercent: number; foundPercent: number } {
  let [alarms, rows, found, injected] = [0, 0, 0, 0];
  for (const fold of folds) {
    const healthy = alarmsOf(fold, factor, null);
    alarms += healthy.filter(Boolean).length;
    rows += healthy.length;
    const from = Math.floor(fold.judged.length / 2);
    for (const [point, { is_monitored }] of fold.detector.stillness.entries()) {
      if (!is_monitored) continue;
      for (const kind of ["step", "drift"] as const) {
        const after = alarmsOf(fold, factor, { point, from, kind }).slice(from, from + foundWithin);
        injected += 1;
        // An alarm that stood before it has found nothing.
        found += !(healthy[from - 1] ?? false) && after.some(Boolean) ? 1 : 0;
      }
    }
  }
  return { alarmPercent: percent(alarms, rows), foundPercent: percent(found, injected) };
}

function alarmsOf({ detector, learned, judged }: Fold, factor: number, injected: Injected | null): boolean[] {
  const stream = new MachineStream({ schema: detector.features, stillness: detector.stillness });
  stream.prime(learned.slice(-400));
  let decision = initialDecision;
  let hold: Hold = "leaders";
  const end = injected === null ? judged.length : Math.min(judged.length, injected.from + foundWithin);
  return judged.slice(0, end).map((row, i) => {
    const { features } = stream.push({ ...(injected === null ? row : disturbed(row, i, injected, detector)), hold });
    const scored = features === null ? null : scoredOf(features, detector.weights);
    const score = scored === null ? null : scored.score / factor;
    if (scored !== null && score !== null) stream.attribute({ score, contribution: scored.parts });
    const { state, output } = decisionStep(decision, { kind: "score", score }, thresholdSettings);
    decision = state;
    hold = output.hold;
    return output.alarm;
  });
}

function disturbed(row: Row, i: number, { point, from, kind }: Injected, { baseline }: Detector): Row {
  const size = injection.spreads * (baseline[point]?.spread ?? 0);
  return disturbRow(row, { point, kind, size, driftRows: injection.driftRows }, i - from);
}

const percent = (part: number, whole: number): number => Math.round((10_000 * part) / Math.max(1, whole)) / 100;

/** What was tried, as notes of manifest and card. */
export function searchNotes({ tried, keepsBudget }: Search): string[] {
  const lines = tried.map(
    ({ rows, limitFactor, alarmPercent, foundPercent, isChosen }) =>
      `${isChosen ? "chosen" : "tried"}: ${rows === "all" ? "all rows" : "the last half of the rows"}, limits × ${limitFactor}: ${alarmPercent} % alarm rows on unseen healthy rows, ${foundPercent} % of the injected steps and drifts of ${injection.spreads} spreads found`,
  );
  const budget = keepsBudget
    ? `Settings were chosen from ${tried.length} by a fixed protocol on the learning rows: at most ${budgetPercent} % alarm rows, then the most found`
    : `None of ${tried.length} settings kept ${budgetPercent} % alarm rows on unseen healthy rows: the one with the fewest was chosen. These rows wander; learn from more of them`;
  return [budget, ...lines, "A candidate: it is a folder, and goes live only when a person puts it there"];
}
