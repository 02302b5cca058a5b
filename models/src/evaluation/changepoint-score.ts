// Changepoints by SKAB's own protocol (waico/SKAB, core/metrics.py: chp_score with metric "nab", window_width 60 s, "righter",
// "cut right window", clear_anomalies_mode): a window of 60 s begins at every true changepoint; the first detection in it earns from 1 at its
// left edge down to the price of a false one at its right edge, along a tanh; a window without one costs the price of a miss; every detection
// outside of all windows costs the price of a false one. Pooled over files and scaled: 0 = detect nothing, 100 = all at once.
import { byProfile, type NabFigures, type NabPrices, normalisedScore } from "./nab-profiles.ts";

/** Times in ms, ascending, of one file. */
export type ChangepointFile = { readonly truths: readonly number[]; readonly detections: readonly number[] };
export type ChangepointScore = NabFigures;

const windowMs = 60_000;
const steps = 1000;

export function changepointScore(files: readonly ChangepointFile[]): ChangepointScore {
  const score = (prices: NabPrices): number => {
    let [earned, windows] = [0, 0];
    for (const file of files) {
      const bounds = windowsOf(file.truths);
      windows += bounds.length;
      for (const [from, to] of bounds) {
        const first = file.detections.find((at) => at >= from && at <= to);
        earned += first === undefined ? -prices.miss : worth((first - from) / (to - from), -prices.falseOne);
      }
      earned -= prices.falseOne * file.detections.filter((at) => !bounds.some(([from, to]) => at >= from && at <= to)).length;
    }
    return normalisedScore(earned, windows, prices);
  };
  return byProfile(score);
}

/** Where two windows overlap, the later one begins where the earlier one ends. */
function windowsOf(truths: readonly number[]): [number, number][] {
  const windows = truths.map((at): [number, number] => [at, at + windowMs]);
  for (const [i, window] of windows.entries()) {
    const next = windows[i + 1];
    if (next !== undefined && window[1] >= next[0]) next[0] = window[1];
  }
  return windows;
}

/** @param part where in the window, 0…1; the protocol's own grid of 1,000 steps. A window without length has 0/0 there: its left edge here. */
function worth(part: number, falseOne: number): number {
  const index = Math.min(steps - 1, Math.floor((Number.isNaN(part) ? 0 : part) * steps));
  const x = -Math.PI / 2 + (Math.PI * index) / (steps - 1);
  return (((1 - falseOne) / 2) * -Math.tanh(x)) / Math.tanh(Math.PI / 2) + (1 - falseOne) / 2 + falseOne;
}
