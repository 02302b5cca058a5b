// When a stack of detectors is opened anew, now that one was added: when nothing was added for a while, but not soon after the last time (500
// machines that finish learning one after the other are then a handful of openings, not 500), and not later than a rest after the first that waits.

/** Real ms. `quietMs`: without a new detector; `restMs`: between two openings, and the longest a detector waits. */
export type OpeningRule = { readonly quietMs: number; readonly restMs: number };

/** @returns the time to open at, of the same clock as what is given */
export function whenToOpenMs(
  { nowMs, waitingSinceMs, lastOpenedMs }: { nowMs: number; waitingSinceMs: number; lastOpenedMs: number | null },
  { quietMs, restMs }: OpeningRule,
): number {
  const rested = lastOpenedMs === null ? nowMs : lastOpenedMs + restMs;
  return Math.min(Math.max(nowMs + quietMs, rested), Math.max(waitingSinceMs + restMs, rested));
}
