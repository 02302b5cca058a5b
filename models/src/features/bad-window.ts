// How many of a point's last rows had no good value: one bit a row, the newest lowest, in a whole number that goes into a snapshot. Pure.
import { featureSettings, learningSettings } from "../settings.ts";

const windowRows = featureSettings.badWindowRows;
const mask = 2 ** windowRows - 1;
const mayBeBad = Math.floor(learningSettings.maxBadShare * windowRows);

/** One more row. @returns the new window; 0 is one without a bad value */
export const badWindowStep = (window: number, isBad: boolean): number => ((window << 1) & mask) | Number(isBad);

/** More than a tenth of its rows are bad: means over such a window say little. */
export function isBadWindow(window: number): boolean {
  let bad = 0;
  for (let rest = window; rest !== 0; rest &= rest - 1) bad += 1;
  return bad > mayBeBad;
}
