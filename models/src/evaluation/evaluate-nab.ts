// The Numenta Anomaly Benchmark under its own protocol, on whatever series are there; beside it the standard figure with a threshold that
// was chosen on the other folders only, and the one with the threshold the box has.
import { RegisterNovelty } from "../detectors/register-novelty.ts";
import { quantileOf } from "../detectors/statistics.ts";
import { rounded } from "./evaluation.ts";
import { type NabFigures, nabPrices, normalisedScore } from "./nab-profiles.ts";
import { distanceFromMean, everyHundredRows } from "./nab-rivals.ts";
import { bestThreshold, earnedAt, leaveOneGroupOut, type NabSeriesScores, officialScore, probationRows } from "./nab-score.ts";
import { type NabSeries, readNab } from "./read-nab.ts";

export type NabReport = NabFigures & {
  readonly set: "nab";
  readonly other_file_standard: number | null;
  /** With the box's own threshold, a score of 1, on every series. It was chosen on the 54 open ones. */
  readonly fixed_standard: number;
  /** Where the official sweep ended under the standard profile. */
  readonly threshold: number;
  readonly rival_distance_from_mean: NabFigures & { readonly other_file_standard: number | null };
  readonly rival_every_hundred_rows: NabFigures;
  readonly windows: number;
  readonly series: readonly NabSeriesReport[];
  /** Named in the labels, but not in the directory: not judged. */
  readonly missing: readonly string[];
};

/** At the standard threshold. `lost`: 2 a window missed, .11 a false alarm far from any window, and what came late. */
export type NabSeriesReport = {
  readonly file: string;
  readonly rows: number;
  readonly windows: number;
  readonly found: number;
  readonly false_alarms: number;
  readonly lost: number;
};

export type ScoredSeries = NabSeries & NabSeriesScores;

/** @param onFile called before each series, for progress @throws Fault data_missing, recording_malformed */
export function evaluateNab(
  dir: string,
  onFile: (file: string) => void = () => {},
): { report: NabReport; scored: readonly ScoredSeries[] } {
  const { series, missing } = readNab(dir);
  const scored = series.map((one) => {
    onFile(one.file);
    return { ...one, scores: scoresOf(one) };
  });
  const { threshold } = bestThreshold(scored, nabPrices.standard);
  const rival = series.map((one) => ({ ...one, scores: distanceFromMean(one.rows.map(({ value }) => value)) }));
  const report = {
    set: "nab" as const,
    ...roundedFigures(officialScore(scored)),
    other_file_standard: otherFile(scored),
    fixed_standard: standardAt(scored, 1),
    threshold,
    rival_distance_from_mean: { ...roundedFigures(officialScore(rival)), other_file_standard: otherFile(rival) },
    rival_every_hundred_rows: everyHundred(series),
    windows: series.reduce((sum, { windows }) => sum + windows.length, 0),
    series: scored.map((one) => seriesReport(one, threshold)),
    missing,
  };
  return { report, scored };
}

/** The period is that of the rows that are not judged. */
function scoresOf({ rows }: NabSeries): Float64Array {
  const steps = rows.slice(1, probationRows(rows.length)).map(({ atMs }, i) => atMs - (rows[i]?.atMs ?? atMs));
  const detector = new RegisterNovelty({ periodMs: quantileOf(steps, 0.5) });
  return Float64Array.from(rows, ({ atMs, value }) => detector.push(atMs, value)?.score ?? 0);
}

function standardAt(series: readonly NabSeriesScores[], threshold: number): number {
  const windows = series.reduce((sum, one) => sum + one.windows.length, 0);
  return rounded(normalisedScore(earnedAt(series, threshold, nabPrices.standard), windows, nabPrices.standard), 2);
}

function otherFile(series: readonly ScoredSeries[]): number | null {
  const folders = Map.groupBy(series, ({ file }) => file.split("/")[0]);
  const score = leaveOneGroupOut([...folders.values()], nabPrices.standard);
  return score === null ? null : rounded(score, 2);
}

/** Without a sweep, which would keep it silent. */
function everyHundred(series: readonly NabSeries[]): NabFigures {
  const scores = series.map(({ rows, windows }) => ({ windows, scores: everyHundredRows(rows.map(({ value }) => value)) }));
  const windows = series.reduce((sum, one) => sum + one.windows.length, 0);
  const figure = (profile: keyof NabFigures): number =>
    normalisedScore(earnedAt(scores, 1, nabPrices[profile]), windows, nabPrices[profile]);
  return roundedFigures({ standard: figure("standard"), low_fp: figure("low_fp"), low_fn: figure("low_fn") });
}

function seriesReport(series: ScoredSeries, threshold: number): NabSeriesReport {
  const { file, rows, windows, scores } = series;
  const alarms = rows.flatMap((_, row) => (row >= probationRows(rows.length) && (scores[row] as number) >= threshold ? [row] : []));
  const isIn =
    (row: number) =>
    ([from, to]: readonly [number, number]): boolean =>
      row >= from && row <= to;
  return {
    file,
    rows: rows.length,
    windows: windows.length,
    found: windows.filter(([from, to]) => alarms.some((row) => row >= from && row <= to)).length,
    false_alarms: alarms.filter((row) => !windows.some(isIn(row))).length,
    lost: rounded(windows.length - earnedAt([series], threshold, nabPrices.standard), 2),
  };
}

const roundedFigures = ({ standard, low_fp, low_fn }: NabFigures): NabFigures => ({
  standard: rounded(standard, 2),
  low_fp: rounded(low_fp, 2),
  low_fn: rounded(low_fn, 2),
});
