// Whether a point's values can be true in time: it cannot change faster than its quantity does, and a sensor that measures does not show exactly the
// same for ever. In: the readings of one read, in order. Out: reasons, written into them. Pure; costs nothing for points that declare neither.
import type { DeviceReading } from "../registers/reader.ts";
import { qualityOf } from "./quality.ts";

/** What a point declares; absent: anything goes. */
export type QualityRule = {
  /** Fastest true change, unit per second of machine time. */
  readonly maxRate?: number;
  /** Exactly the same for so long (machine ms) is bad. */
  readonly flatAfterMs?: number;
};

type Watched = {
  /** Which value of the reading. */
  readonly at: number;
  readonly maxRatePerMs: number;
  readonly flatAfterMs: number;
  /** The last value that was believed, and when; NaN before the first. */
  goodValue: number;
  goodAtMs: number;
  /** The value that is there now, good or not, since when, and when it was seen last. */
  value: number;
  sinceMs: number;
  seenAtMs: number;
};

/** Longer without a value than so many periods, and nobody knows whether it stayed the same. */
const gapPeriods = 3;

export class PointQuality {
  readonly #watched: readonly Watched[];
  readonly #gapMs: number;

  /** @param rules in the order of the reading's values; `everyMs` is the period of the read. */
  constructor(rules: readonly QualityRule[], everyMs: number) {
    this.#gapMs = gapPeriods * everyMs;
    this.#watched = rules.flatMap(({ maxRate, flatAfterMs }, at): Watched[] =>
      maxRate === undefined && flatAfterMs === undefined
        ? []
        : [
            {
              at,
              maxRatePerMs: (maxRate ?? Number.POSITIVE_INFINITY) / 1_000,
              flatAfterMs: flatAfterMs ?? Number.POSITIVE_INFINITY,
              goodValue: Number.NaN,
              goodAtMs: 0,
              value: Number.NaN,
              sinceMs: 0,
              seenAtMs: Number.NEGATIVE_INFINITY,
            },
          ],
    );
  }

  /** Marks what cannot be true. A value that is bad already keeps its reason. */
  judge({ atMonotonicMs, shown, reasons }: DeviceReading): void {
    for (const point of this.#watched) {
      const value = shown[point.at] as number;
      if (Number.isNaN(value)) continue;
      this.#see(point, value, atMonotonicMs);
      if (qualityOf(reasons[point.at] ?? null) === "bad") continue;
      if (isTooFast(point, value, atMonotonicMs)) reasons[point.at] = "rate";
      else if (atMonotonicMs - point.sinceMs >= point.flatAfterMs) reasons[point.at] = "flat_line";
      else {
        point.goodValue = value;
        point.goodAtMs = atMonotonicMs;
      }
    }
  }

  #see(point: Watched, value: number, atMs: number): void {
    if (value !== point.value || atMs - point.seenAtMs > this.#gapMs) point.sinceMs = atMs;
    point.value = value;
    point.seenAtMs = atMs;
  }
}

// Against the last good value: after a fault the time since then grows, so that a true step is believed in the end.
function isTooFast({ goodValue, goodAtMs, maxRatePerMs }: Watched, value: number, atMs: number): boolean {
  return Math.abs(value - goodValue) > maxRatePerMs * (atMs - goodAtMs);
}
