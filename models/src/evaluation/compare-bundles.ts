// Two bundles on one history: what each would have said, and where they disagree. Pure.
import { quantileOf } from "../detectors/statistics.ts";
import { rounded } from "./evaluation.ts";
import type { Recording } from "./parse-skab-file.ts";
import type { ReplayedRow } from "./replay-bundle.ts";

type Figures = {
  readonly scored_rows: number;
  readonly alarm_rows: number;
  readonly tickets: readonly { readonly row: number; readonly at: string }[];
  readonly score: { readonly p50: number; readonly p90: number; readonly p99: number; readonly max: number };
  /** null without labels. Percent of the normal rows with, and of the anomalous rows without an alarm; f1 in 0…1. */
  readonly against_labels: { readonly f1: number; readonly far: number; readonly mar: number } | null;
};
type Stretch = { readonly from_row: number; readonly to_row: number; readonly at: string; readonly alarm: "a" | "b" };
export type Comparison = {
  readonly rows: number;
  readonly a: Figures;
  readonly b: Figures;
  /** Alarm or not, in the rows both scored: percent alike, and Cohen's κ (0 = no better than chance; null where neither can vary). */
  readonly agreement_percent: number | null;
  readonly kappa: number | null;
  /** Longest first, at most ten. */
  readonly differ: readonly Stretch[];
};

export function compareBundles(a: readonly ReplayedRow[], b: readonly ReplayedRow[], labels: Recording["labels"]): Comparison {
  const pairs = a.map((row, i) => [row, b[i] as ReplayedRow] as const);
  const both = pairs.filter(([one, other]) => one.score !== null && other.score !== null);
  const share = (isTrue: (pair: (typeof pairs)[number]) => boolean): number => both.filter(isTrue).length / Math.max(1, both.length);
  const alike = share(([one, other]) => isAlarm(one) === isAlarm(other));
  const [p, q] = [share(([one]) => isAlarm(one)), share(([, other]) => isAlarm(other))];
  const chance = p * q + (1 - p) * (1 - q);
  return {
    rows: a.length,
    a: figuresOf(a, labels),
    b: figuresOf(b, labels),
    agreement_percent: both.length === 0 ? null : rounded(100 * alike, 2),
    kappa: both.length === 0 || chance === 1 ? null : rounded((alike - chance) / (1 - chance), 3),
    differ: stretchesOf(pairs),
  };
}

const isAlarm = ({ level }: ReplayedRow): boolean => level !== "normal";
const timeText = (atMs: number): string => new Date(atMs).toISOString();

function figuresOf(rows: readonly ReplayedRow[], labels: Recording["labels"]): Figures {
  const scores = rows.flatMap(({ score }) => (score === null ? [] : [score]));
  const quantile = (q: number): number => rounded(quantileOf(scores, q), 3);
  return {
    scored_rows: scores.length,
    alarm_rows: rows.filter(isAlarm).length,
    tickets: rows.filter(({ isTicket }) => isTicket).map(({ row, atMs }) => ({ row, at: timeText(atMs) })),
    score: { p50: quantile(0.5), p90: quantile(0.9), p99: quantile(0.99), max: quantile(1) },
    against_labels: labels === null ? null : labelFigures(rows, labels),
  };
}

function labelFigures(rows: readonly ReplayedRow[], labels: NonNullable<Recording["labels"]>): NonNullable<Figures["against_labels"]> {
  const count = (truth: boolean, alarm: boolean): number =>
    rows.filter((row) => labels[row.row]?.anomaly === truth && isAlarm(row) === alarm).length;
  const [hits, misses, falseOnes, quiet] = [count(true, true), count(true, false), count(false, true), count(false, false)];
  return {
    f1: rounded((2 * hits) / Math.max(1, 2 * hits + misses + falseOnes), 4),
    far: rounded((100 * falseOnes) / Math.max(1, falseOnes + quiet), 2),
    mar: rounded((100 * misses) / Math.max(1, misses + hits), 2),
  };
}

function stretchesOf(pairs: readonly (readonly [ReplayedRow, ReplayedRow])[]): Stretch[] {
  const stretches: { from_row: number; to_row: number; at: string; alarm: "a" | "b" }[] = [];
  for (const [one, other] of pairs) {
    if (isAlarm(one) === isAlarm(other)) continue;
    const alarm = isAlarm(one) ? "a" : "b";
    const last = stretches.at(-1);
    if (last?.to_row === one.row - 1 && last.alarm === alarm) last.to_row = one.row;
    else stretches.push({ from_row: one.row, to_row: one.row, at: timeText(one.atMs), alarm });
  }
  return stretches.toSorted((x, y) => y.to_row - y.from_row - (x.to_row - x.from_row)).slice(0, 10);
}
