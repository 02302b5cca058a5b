// Rows that come often → one a period, each value the mean of what was good meanwhile. In: rows in time order. Out: a row with the last one of each
// period, at once; where rows come no more often than that, each row as it is. What was gathered before a long gap is forgotten. Pure.

/** Rows come with so much of their own period before or after their time. */
const slackRows = 0.5;
/** A period that is not whole after so many of itself is forgotten: rows are missing. */
const longestPeriods = 2;

export class RowMeans {
  readonly #everyMs: number;
  readonly #periodMs: number;
  readonly #sums: Float64Array;
  readonly #counts: Uint32Array;
  #sinceMs: number | null = null;

  /** @param options `width` values a row, `periodMs` between rows, `everyMs` between means */
  constructor({ width, periodMs, everyMs }: { width: number; periodMs: number; everyMs: number }) {
    this.#everyMs = everyMs;
    this.#periodMs = periodMs;
    this.#sums = new Float64Array(width);
    this.#counts = new Uint32Array(width);
  }

  /** @param values NaN: bad @returns the means, NaN where nothing was good; null within a period */
  push(atMs: number, values: ArrayLike<number>): Float64Array | null {
    if (this.#sinceMs === null || atMs < this.#sinceMs || atMs - this.#sinceMs >= longestPeriods * this.#everyMs) this.#begin(atMs);
    for (let i = 0; i < this.#sums.length; i += 1) {
      const value = values[i] as number;
      if (!Number.isFinite(value)) continue;
      this.#sums[i] = (this.#sums[i] as number) + value;
      this.#counts[i] = (this.#counts[i] as number) + 1;
    }
    // The next row would belong to the next period.
    if (atMs - (this.#sinceMs as number) + this.#periodMs < this.#everyMs - slackRows * this.#periodMs) return null;
    this.#sinceMs = null;
    return this.#sums.map((sum, i) => sum / (this.#counts[i] as number));
  }

  #begin(atMs: number): void {
    this.#sinceMs = atMs;
    this.#sums.fill(0);
    this.#counts.fill(0);
  }
}
