// How far an interval between two quantiles is widened so that it holds what it says, whatever it says: a margin for each part of the range of lives,
// as the interval's middle has it, and straight lines between the middles of the parts. Conformalised quantile regression (Romano et al., NeurIPS 2019)
// by classes of the forecast (Mondrian: Vovk et al. 2003): one margin for all lives is too wide near the end and too narrow far from it.
import { prognosisSettings } from "../settings.ts";

/** Of a unit the quantiles did not learn from; cycles, `truth` up to the cap, the quantiles as the trees gave them. */
export type LeftOutRow = { readonly unit: number; readonly truth: number; readonly low: number; readonly high: number };

const { cap, coverage, marginParts } = prognosisSettings;

/** @returns a margin a part, cycles, the part of the shortest lives first; negative where the quantiles are too wide */
export function learnMargins(rows: readonly LeftOutRow[]): number[] {
  const whole = marginOf(rows);
  const parts = Array.from({ length: marginParts }, (): LeftOutRow[] => []);
  for (const row of rows) parts[Math.min(marginParts - 1, Math.floor((marginParts * middleOf(row)) / cap))]?.push(row);
  return parts.map((part) => (part.length === 0 ? whole : marginOf(part)));
}

/** The margin of an interval whose quantiles are these: on the straight line between the two parts whose middles are nearest. */
export function marginAt(margins: readonly number[], quantiles: { readonly low: number; readonly high: number }): number {
  const last = margins.length - 1;
  const place = Math.min(last, Math.max(0, (margins.length * middleOf(quantiles)) / cap - 0.5));
  return margins.reduce((sum, margin, part) => sum + margin * Math.max(0, 1 - Math.abs(place - part)), 0);
}

/** A life as it is told: from 0 to the cap. */
export const inRange = (life: number): number => Math.min(cap, Math.max(0, life));

const middleOf = ({ low, high }: { readonly low: number; readonly high: number }): number => (inRange(low) + inRange(high)) / 2;

/** The weighted quantile of the least margins; (n + 1) / n for the unit to come. The rows of a unit share one unit's weight. */
function marginOf(rows: readonly LeftOutRow[]): number {
  const rowsOf = new Map<number, number>();
  for (const { unit } of rows) rowsOf.set(unit, (rowsOf.get(unit) ?? 0) + 1);
  const least = rows.map((row) => ({ margin: leastMargin(row), weight: 1 / (rowsOf.get(row.unit) as number) }));
  least.sort((a, b) => a.margin - b.margin);
  const wanted = Math.min(1, coverage * (1 + 1 / rowsOf.size)) * rowsOf.size;
  let sum = 0;
  for (const { margin, weight } of least) {
    sum += weight;
    if (sum >= wanted) return margin;
  }
  return least.at(-1)?.margin ?? 0;
}

/** With which the interval holds the truth. Bounds are told in range, so no lower bound is above a life at the cap, and no upper one below 0. */
function leastMargin({ truth, low, high }: LeftOutRow): number {
  return Math.max(truth < cap ? low - truth : Number.NEGATIVE_INFINITY, truth > 0 ? truth - high : Number.NEGATIVE_INFINITY);
}
