// When which row is on the wire. In: row times and the period. Out, for any moment: a row, silence, or the end. Pure.
//
// Row k is presented from its own time until the next row's. Where the next row is more than 3 periods away the machine was not recorded:
// row k is presented for one period, then the device is silent. The last row stays for two periods.

export type Presented = { kind: "row"; row: number } | { kind: "silent" } | { kind: "finished" };

export type Playback = {
  /** @param elapsedMs machine time since row 0 was presented. */
  at(elapsedMs: number): Presented;
  /** Rows that were on the wire until then. A row whose successor has the same time is never on the wire. */
  servedUntil(elapsedMs: number): number;
  /** When it is over, ms after row 0. */
  readonly endMs: number;
};

const gapPeriods = 3;
const lastRowPeriods = 2;

/** @param timesMs ms since row 0, never decreasing, at least one. @param periodMs nominal time from row to row. */
export function createPlayback(timesMs: Float64Array, periodMs: number): Playback {
  const count = timesMs.length;
  const endMs = (timesMs[count - 1] as number) + lastRowPeriods * periodMs;
  const rowAt = (elapsedMs: number): number => lastAtOrBefore(timesMs, elapsedMs);
  const served = new Uint32Array(count);
  for (let row = 0, sum = 0; row < count; row++) served[row] = sum += timesMs[row + 1] === timesMs[row] ? 0 : 1;
  return {
    endMs,
    at(elapsedMs) {
      if (elapsedMs >= endMs) return { kind: "finished" };
      const row = rowAt(Math.max(0, elapsedMs));
      const shown = timesMs[row] as number;
      const next = timesMs[row + 1] ?? shown;
      const isInGap = next - shown > gapPeriods * periodMs && elapsedMs - shown >= periodMs;
      return isInGap ? { kind: "silent" } : { kind: "row", row };
    },
    servedUntil: (elapsedMs) => (elapsedMs < 0 ? 0 : (served[rowAt(elapsedMs)] as number)),
  };
}

function lastAtOrBefore(timesMs: Float64Array, ms: number): number {
  let low = 0;
  let high = timesMs.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((timesMs[middle] as number) <= ms) low = middle;
    else high = middle - 1;
  }
  return low;
}
