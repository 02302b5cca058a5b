// Why: the points that make up the score, each from its baseline to now, and one plain sentence for a technician.
// The failure mode is not said here: that is diagnose-spectrum.ts.
import type { FeatureSchema, PointBaseline } from "@millwright/contract/model-manifest";
import { unitText } from "@millwright/kit/unit-text";
import { finite, meanOf } from "../detectors/statistics.ts";
import type { Level } from "./decision-step.ts";

export type Signal = {
  readonly point: string;
  readonly unit: string;
  /** Mean while learning, and median of the rows given; null when there was no good value. */
  readonly baseline: number | null;
  readonly now: number | null;
  /** Share of the score, 0…1; all points together make 1. */
  readonly contribution: number;
};

export type ScoredRow = { readonly values: Float64Array; readonly contribution: Float32Array };

/**
 * @param rows the last alarm rows, oldest first (some 30 are plenty); where no alarm stands, the last rows
 * @param before where no alarm stands, rows before those (some 300). What makes up a low score is mostly noise, so how far a point has gone from them, in its
 *   spreads, then counts as much as the score (docs/decisions/0024)
 * @param top at most so many signals, largest share first; ties by name, so that the order of the points does not matter
 */
export function explain({
  manifest,
  rows,
  before = [],
  level,
  top = 3,
}: {
  manifest: { readonly features: FeatureSchema; readonly baseline: readonly PointBaseline[] };
  rows: readonly ScoredRow[];
  before?: readonly Pick<ScoredRow, "values">[];
  level: Level;
  top?: number;
}): { readonly signals: readonly Signal[]; readonly sentence: string } {
  const { points } = manifest.features;
  const ofScore = sharesOf(rows, points.length);
  const changed = changesOf(rows, before, manifest.baseline);
  const shares = changed === null ? ofScore : ofScore.map((share, p) => (share + (changed[p] as number)) / 2);
  const signals = points
    .map(({ name, unit }, p): Signal => {
      const baseline = manifest.baseline[p]?.mean ?? null;
      return {
        point: name,
        unit,
        baseline,
        now: medianOf(rows.map(({ values }) => values[p] as number)),
        contribution: shares[p] as number,
      };
    })
    .filter(({ contribution }) => contribution > 0)
    .sort((a, b) => b.contribution - a.contribution || (a.point < b.point ? -1 : 1))
    .slice(0, top);
  return { signals, sentence: sentenceOf(signals, level) };
}

/** Contributions per feature (kind by kind, point by point) folded to a share per point. */
function sharesOf(rows: readonly ScoredRow[], points: number): number[] {
  const sums = new Array<number>(points).fill(0);
  for (const { contribution } of rows)
    for (const [i, value] of contribution.entries()) sums[i % points] = (sums[i % points] as number) + value;
  return asShares(sums);
}

/** By the squares of how far every point's mean has gone from that of the rows before, in its spreads; null where there are none, or nothing went. */
function changesOf(
  rows: readonly ScoredRow[],
  before: readonly Pick<ScoredRow, "values">[],
  baseline: readonly PointBaseline[],
): number[] | null {
  if (rows.length === 0 || before.length === 0) return null;
  const good = (of: readonly Pick<ScoredRow, "values">[], p: number): number[] => finite(of.map(({ values }) => values[p] as number));
  const squares = baseline.map(({ spread }, p) => {
    const [now, then] = [good(rows, p), good(before, p)];
    return spread === 0 || now.length === 0 || then.length === 0 ? 0 : ((meanOf(now) - meanOf(then)) / spread) ** 2;
  });
  return squares.some((square) => square > 0) ? asShares(squares) : null;
}

function asShares(sums: readonly number[]): number[] {
  const total = sums.reduce((sum, value) => sum + value, 0);
  return total > 0 ? sums.map((value) => value / total) : [...sums];
}

function sentenceOf(signals: readonly Signal[], level: Level): string {
  if (level === "normal" || signals.length === 0) return "The machine behaves as it did while it learned.";
  const parts = signals.filter(({ contribution }, index) => index === 0 || contribution >= 0.15).map(changeOf);
  const list = parts.length < 2 ? parts.join("") : `${parts.slice(0, -1).join(", ")} and ${parts.at(-1)}`;
  return `${opening[level]}: ${list}.`;
}

const opening = {
  watch: "The machine begins to behave unlike it did while it learned",
  warning: "The machine no longer behaves as it did while it learned",
  critical: "The machine behaves very differently from what it learned",
};

function changeOf({ point, unit, baseline, now, contribution }: Signal): string {
  const share = `${Math.round(100 * contribution)} % of the deviation`;
  if (baseline === null || now === null) return `${point} (${share})`;
  const [before, after] = [round(baseline), round(now)];
  const change = before === after ? `moves unusually around ${after}` : `${now > baseline ? "rose" : "fell"} from ${before} to ${after}`;
  const text = unitText(unit);
  return `${point} ${change}${text === "" ? "" : ` ${text}`} (${share})`;
}

const round = (value: number): number => Number(value.toPrecision(3));

function medianOf(values: readonly number[]): number | null {
  const sorted = values.filter(Number.isFinite).sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? null;
}
