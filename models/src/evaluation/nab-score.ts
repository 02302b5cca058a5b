// The official score of the Numenta Anomaly Benchmark (numenta/NAB, MIT: nab/sweeper.py, optimizer.py, scorer.py, runner.py), row by row:
// the first detection in a window earns by how early it is (a sigmoid from .987 at the left edge to 0 past the right one, scaled to 1); every
// detection outside of all windows costs, the less the closer it follows a window; a window without one costs a miss. Nothing counts in the
// probation at the start of a series. A detection is a row whose score reaches the threshold, and the threshold is the best one of all.
import { byProfile, type NabFigures, type NabPrices, normalisedScore } from "./nab-profiles.ts";

/** One series: a score a row, and its windows as first and last row, both in it, ascending and apart. */
export type NabSeriesScores = {
  readonly scores: ArrayLike<number>;
  readonly windows: readonly (readonly [number, number])[];
};

/** What one judged row would bring if it were a detection. `worth`: 0…1 in a window, −1…0 outside. */
type JudgedScore = { readonly score: number; readonly worth: number; readonly window: number | null };

export type NabBest = { readonly threshold: number; readonly score: number };

const probation = { share: 0.15, maxRows: 750 };

/** @returns how many rows at the start of a series of so many are not judged */
export const probationRows = (rows: number): number => Math.min(Math.floor(probation.share * rows), probation.maxRows);

/** The threshold that scores best over all series together, and that score, 0…100; of equal ones the highest threshold. */
export function bestThreshold(series: readonly NabSeriesScores[], prices: NabPrices): NabBest {
  const judged = judgedScores(series).sort((a, b) => b.score - a.score);
  const windows = windowCount(series);
  const found = new Map<number, number>();
  let earned = -prices.miss * windowsInPlay(judged);
  let best = { threshold: Number.POSITIVE_INFINITY, earned };
  for (const [i, row] of judged.entries()) {
    earned += gain(row, found, prices);
    if (judged[i + 1]?.score !== row.score && earned > best.earned) best = { threshold: row.score, earned };
  }
  return { threshold: best.threshold, score: normalisedScore(best.earned, windows, prices) };
}

/** What the series earn together when every row that reaches `threshold` is a detection; not yet normalised. */
export function earnedAt(series: readonly NabSeriesScores[], threshold: number, prices: NabPrices): number {
  const judged = judgedScores(series);
  const found = new Map<number, number>();
  const gains = judged.filter(({ score }) => score >= threshold).map((row) => gain(row, found, prices));
  return gains.reduce((sum, one) => sum + one, -prices.miss * windowsInPlay(judged));
}

/** The three official figures, each with its own best threshold. */
export const officialScore = (series: readonly NabSeriesScores[]): NabFigures => byProfile((prices) => bestThreshold(series, prices).score);

/**
 * The standard figure with a threshold that was never chosen on what it judges: for the series of each group the one that is best on all
 * other groups. @returns null with fewer than two groups
 */
export function leaveOneGroupOut(groups: readonly (readonly NabSeriesScores[])[], prices: NabPrices): number | null {
  if (groups.length < 2) return null;
  const earned = groups.map((group) =>
    earnedAt(group, bestThreshold(groups.filter((other) => other !== group).flat(), prices).threshold, prices),
  );
  const sum = earned.reduce((total, one) => total + one, 0);
  return normalisedScore(sum, windowCount(groups.flat()), prices);
}

const windowCount = (series: readonly NabSeriesScores[]): number => series.reduce((sum, one) => sum + one.windows.length, 0);

/** Windows that lie in the probation as a whole can neither be found nor missed, as in the original. */
const windowsInPlay = (judged: readonly JudgedScore[]): number => new Set(judged.flatMap(({ window }) => window ?? [])).size;

/** What this detection adds; `found` keeps the best worth in each window. */
function gain({ worth, window }: JudgedScore, found: Map<number, number>, { falseOne, miss }: NabPrices): number {
  if (window === null) return falseOne * worth;
  const before = found.get(window) ?? -miss;
  if (worth <= before) return 0;
  found.set(window, worth);
  return worth - before;
}

function judgedScores(series: readonly NabSeriesScores[]): JudgedScore[] {
  const judged: JudgedScore[] = [];
  let windowsBefore = 0;
  for (const { scores, windows } of series) {
    const worths = rowWorths(scores.length, windows);
    for (let row = probationRows(scores.length); row < scores.length; row += 1) {
      const window = windows.findIndex(([from, to]) => row >= from && row <= to);
      judged.push({ score: scores[row] as number, worth: worths[row] as number, window: window < 0 ? null : windowsBefore + window });
    }
    windowsBefore += windows.length;
  }
  return judged;
}

/** What a detection in each row is worth before prices: see `JudgedScore.worth`. */
export function rowWorths(rows: number, windows: NabSeriesScores["windows"]): Float64Array {
  const worths = new Float64Array(rows).fill(-1);
  for (const [i, [from, to]] of windows.entries()) {
    const width = to - from + 1;
    for (let row = from; row <= to; row += 1) worths[row] = scaledSigmoid(-(to - row + 1) / width) / scaledSigmoid(-1);
    const next = windows[i + 1]?.[0] ?? rows;
    for (let row = to + 1; row < next; row += 1) worths[row] = scaledSigmoid((row - to) / (width - 1));
  }
  return worths;
}

const scaledSigmoid = (position: number): number => (position > 3 ? -1 : 2 / (1 + Math.exp(5 * position)) - 1);
