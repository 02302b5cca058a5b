// When a stack of detectors is opened anew, now that one was added: when nothing was added for a while, but not soon after the last time, and not
// later than a rest after the first that waits; at once when so many wait that the sessions they hold meanwhile take too much memory. 500 machines
// that finish learning within a minute are then 16 openings, not 500.

/** Real ms. `quietMs`: without a new detector; `restMs`: between two openings, and the longest a detector waits. */
export type OpeningRule = {
  readonly quietMs: number;
  readonly restMs: number /** Detectors that may wait. */;
  readonly maxWaiting: number;
};

/** @returns the time to open at, of the same clock as what is given */
export function whenToOpenMs(
  { nowMs, waiting, waitingSinceMs, lastOpenedMs }: { nowMs: number; waiting: number; waitingSinceMs: number; lastOpenedMs: number | null },
  { quietMs, restMs, maxWaiting }: OpeningRule,
): number {
  if (waiting >= maxWaiting) return nowMs;
  const rested = lastOpenedMs === null ? nowMs : lastOpenedMs + restMs;
  return Math.min(Math.max(nowMs + quietMs, rested), Math.max(waitingSinceMs + restMs, rested));
}
