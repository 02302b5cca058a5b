// How far learning has come, in a figure and in plain words for the person who waits.
import { counted } from "@millwright/kit/counted";
import { learningSettings } from "../settings.ts";

export type Readiness = { readonly fraction: number; readonly isReady: boolean; readonly missing: string };

/** @param badShare bad values among all values so far, 0…1 @param periodMs time between rows, ms */
export function readiness({
  rows,
  badShare = 0,
  periodMs,
  wantedRows = learningSettings.wantedRows,
}: {
  rows: number;
  badShare?: number;
  periodMs: number;
  wantedRows?: number;
}): Readiness {
  const fraction = Math.min(1, rows / wantedRows);
  if (badShare > learningSettings.maxBadShare)
    return {
      fraction,
      isReady: false,
      missing: `${Math.round(100 * badShare)} % of the values are bad; at most ${100 * learningSettings.maxBadShare} % may be. Mend the sensors or the wiring.`,
    };
  const left = wantedRows - rows;
  if (left > 0) return { fraction, isReady: false, missing: `${left} more healthy rows, about ${inWords(left * periodMs)}` };
  return { fraction, isReady: true, missing: "" };
}

/** A span of time for the person who waits: "40 seconds", "90 minutes", "50 hours". */
export function inWords(ms: number): string {
  const minutes = ms / 60_000;
  if (minutes < 2) return counted(Math.ceil(ms / 1000), "second");
  return minutes < 120 ? `${Math.ceil(minutes)} minutes` : `${Math.ceil(minutes / 60)} hours`;
}
