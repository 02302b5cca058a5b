// How high each watched line was while the machine was well: a mean over the rows it learned from, in dB. In: the lines of one row. Out: plain JSON,
// small enough to be committed with the row. Pure.
import type { WatchedLine } from "./line-plan.ts";

export type HealthySpectrum = {
  /** Rows in the means. */
  readonly rows: number;
  /** By line: dB, of the mean square of a line of the vibration, of the height of one of the envelope; null where no row could tell. */
  readonly levelDb: readonly (number | null)[];
};

type Lines = { readonly lines: readonly WatchedLine[]; readonly heightDb: ArrayLike<number>; readonly meanSquare: ArrayLike<number> };

export const noHealthy: HealthySpectrum = { rows: 0, levelDb: [] };

/** A mean of so many rows is followed from then on, so that early rows do not weigh for ever. */
const mostRows = 500;

export function addHealthy(healthy: HealthySpectrum, now: Lines): HealthySpectrum {
  const rows = healthy.rows + 1;
  const share = 1 / Math.min(rows, mostRows);
  const levelDb = now.lines.map((_, i) => {
    const before = healthy.levelDb[i] ?? null;
    const level = levelOf(now, i);
    if (!Number.isFinite(level)) return before;
    return Number((before === null ? level : before + share * (level - before)).toFixed(3));
  });
  return { rows, levelDb };
}

/** dB that line `i` has grown over the healthy machine; null where that is not known. */
export function lineGrowth(healthy: HealthySpectrum | null, now: Lines, i: number): number | null {
  const before = healthy?.levelDb[i] ?? null;
  const level = levelOf(now, i);
  return before === null || !Number.isFinite(level) ? null : level - before;
}

function levelOf({ lines, heightDb, meanSquare }: Lines, i: number): number {
  return lines[i]?.spectrum === "vibration" ? 10 * Math.log10(meanSquare[i] as number) : (heightDb[i] as number);
}
