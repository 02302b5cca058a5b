// How long replies take, as a histogram of fixed size: 8 buckets an octave from 1/64 ms to a minute, so a quantile is right to 5 %.
// Counts only ever grow; what happened between two moments is the difference of two copies.

const bucketsPerOctave = 8;
const lowestMs = 1 / 64;
const bucketCount = 22 * bucketsPerOctave;

export class RoundTrips {
  readonly #counts = new Float64Array(bucketCount);

  add(ms: number): void {
    const bucket = Math.floor(Math.log2(ms / lowestMs) * bucketsPerOctave);
    const place = Math.min(Math.max(bucket, 0), bucketCount - 1);
    this.#counts[place] = (this.#counts[place] as number) + 1;
  }

  /** Replies in each bucket so far: a copy. */
  counts(): Float64Array {
    return this.#counts.slice();
  }
}

/** The quantile in ms, `share` in 0…1; null where nothing was counted. `since`: an earlier copy, whose replies are left out. */
export function roundTripMs(counts: Float64Array, share: number, since?: Float64Array): number | null {
  const inBucket = (i: number): number => (counts[i] ?? 0) - (since?.[i] ?? 0);
  let total = 0;
  for (let i = 0; i < counts.length; i++) total += inBucket(i);
  if (total === 0) return null;
  let left = share * total;
  let i = 0;
  for (; i < counts.length - 1; i++) {
    left -= inBucket(i);
    if (left <= 0 && inBucket(i) > 0) break;
  }
  return lowestMs * 2 ** ((i + 0.5) / bucketsPerOctave);
}
