// Which of a point's last rows had no good value: one bit a row, the newest lowest, in a whole number that goes into a snapshot. Pure.
import { featureSettings, learningSettings } from "../settings.ts";

const mask = 2 ** featureSettings.badWindowRows - 1;

/** One more row. @returns the new window; 0 is one without a bad value */
export const badWindowStep = (window: number, isBad: boolean): number => ((window << 1) & mask) | Number(isBad);

/** Rows of the window without a good value. */
export function badRowsOf(window: number): number {
  let bad = 0;
  for (let rest = window; rest !== 0; rest &= rest - 1) bad += 1;
  return bad;
}

/** A sensor that gives so little is not looked at; it counts against nobody, so that one bad sensor blinds no machine. */
export const hasHoles = (badRows: number): boolean => badRows > featureSettings.maxHoles * featureSettings.badWindowRows;

/** @param badRows bad values in the windows of `points` points, all together @returns whether means over them say too little to be judged */
export const isBadWindow = (badRows: number, points: number): boolean =>
  badRows > learningSettings.maxBadShare * featureSettings.badWindowRows * points;
