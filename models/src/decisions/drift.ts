// Has a signal left the distribution it was learned from? In: what was kept of the healthy rows, counts of a new period in the same bins.
// Out: PSI, Kolmogorov–Smirnov distance, both limits, a verdict in one word. It speaks of the model and its data, never of the machine's health.
//   moving   the distributions differ by more than chance: KS above its limit
//   drifted  … and by more than 0.25 of PSI beyond what so few rows give by chance (the usual limit of "the model must be looked at")
//   too_few_rows  a shift of one whole spread could not be told from chance
// Promise: on a machine that behaves as it was learned, at most `falseAlarmShare` of the reports call *any* signal moving, provided that its
// rows have no memory longer than an eighth of the learning rows. The rows count as rows ÷ memory (effective sample size), in both periods.
import type { SignalReference } from "@millwright/contract/model-manifest";

export type DriftVerdict = "stable" | "moving" | "drifted" | "too_few_rows";

export type SignalDrift = {
  readonly name: string;
  readonly verdict: DriftVerdict;
  /** Dimensionless; `psiByChance` is what its mean would be without any drift. */
  readonly psi: number;
  readonly psiByChance: number;
  /** Largest difference of the distribution functions at the edges, 0…1, and its limit. */
  readonly ks: number;
  readonly ksLimit: number;
  /** Rows of the new period, and how many independent rows they are worth. */
  readonly rows: number;
  readonly effectiveRows: number;
};

/** Of a whole report (all signals of a machine together): Bonferroni. */
export const falseAlarmShare = 0.01;
const psiLimit = 0.25;
/** KS distance of two normal distributions one spread apart: 2Φ(½) − 1. */
const ksOfOneSpread = 0.3829;
/** Half a row, so that an empty bin has a logarithm. */
const emptyBin = 0.5;

/** @param counts per reference, rows in each bin of a new period */
export function driftOf(references: readonly SignalReference[], counts: readonly (readonly number[])[]): SignalDrift[] {
  const alpha = falseAlarmShare / Math.max(1, references.length);
  return references.map((reference, i) => signalDrift(reference, counts[i] ?? [], alpha));
}

function signalDrift(
  { name, shares, rows: learned, memory_rows: memory }: SignalReference,
  counts: readonly number[],
  alpha: number,
): SignalDrift {
  const rows = counts.reduce((sum, count) => sum + count, 0);
  const effectiveRows = rows / memory;
  const noise = learned === 0 || rows === 0 ? Number.POSITIVE_INFINITY : memory / learned + memory / rows;
  // Asymptotic two-sample limit (Smirnov 1948), with effective rows.
  const ksLimit = Math.min(1, Math.sqrt(-Math.log(alpha / 2) / 2) * Math.sqrt(noise));
  const known = { name, rows, effectiveRows, ksLimit, psiByChance: Number.isFinite(noise) ? (shares.length - 1) * noise : 0 };
  if (ksLimit > ksOfOneSpread) return { ...known, verdict: "too_few_rows", psi: 0, ks: 0 };
  const now = counts.map((count) => count / rows);
  const psi = psiOf(shares, now, emptyBin / Math.min(learned, rows));
  const ks = ksOf(shares, now);
  const isMoving = ks > ksLimit;
  return { ...known, psi, ks, verdict: !isMoving ? "stable" : psi - known.psiByChance > psiLimit ? "drifted" : "moving" };
}

/** Population stability index, Σ (now − then) · ln(now / then); its mean without drift: Yurdakul & Naranjo 2020, https://doi.org/10.21314/JRMV.2020.227. */
function psiOf(then: readonly number[], now: readonly number[], least: number): number {
  return then.reduce((sum, share, i) => {
    const [a, b] = [Math.max(share, least), Math.max(now[i] ?? 0, least)];
    return sum + (b - a) * Math.log(b / a);
  }, 0);
}

function ksOf(then: readonly number[], now: readonly number[]): number {
  let [difference, largest] = [0, 0];
  for (const [i, share] of then.entries()) {
    difference += (now[i] ?? 0) - share;
    largest = Math.max(largest, Math.abs(difference));
  }
  return largest;
}
