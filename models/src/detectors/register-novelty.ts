// Watches one register by itself, with nothing learned beforehand: how new is this value? Two questions, and the worse answer counts:
//   value        how far is it from the nearest value ever seen?
//   time_of_day  how far does it differ, over the last rows, from the same time on each of the last days, beyond anything that was seen?
// Both distances are in widths of what was seen, so units, scale and offset do not matter. Causal; O(log n) a row (and a move of memory);
// bounded: 1 MB.
import { DayMemory, type DaySnapshot } from "../features/day-memory.ts";
import { ValueHistory } from "../features/value-history.ts";
import { noveltySettings as settings } from "../settings.ts";
import { Refractory, type RefractoryState } from "./refractory.ts";

export type Novelty = {
  /** ≥ 0; 1 is the watch limit. One event speaks once: see `Refractory`. */
  readonly score: number;
  /** The same before the pause that follows an event. */
  readonly novelty: number;
  readonly reason: "value" | "time_of_day";
  /** What it was instead: the middle of all values, or the most similar value of this time of day. NaN: nothing is known. */
  readonly usual: number;
};

/** Everything it remembers; 80,000 numbers at most. */
export type NoveltySnapshot = {
  readonly values: Float64Array;
  readonly differences: Float64Array;
  readonly days: DaySnapshot;
  readonly recent: readonly number[];
  readonly refractory: RefractoryState;
};

export class RegisterNovelty {
  readonly #values: ValueHistory;
  readonly #differences: ValueHistory;
  readonly #days: DayMemory;
  readonly #recent: number[];
  readonly #refractory: Refractory;

  /** @param options `periodMs` the time between rows; `snapshot` of an earlier one of the same period: it goes on as if there had been no break */
  constructor({ periodMs, snapshot }: { periodMs: number; snapshot?: NoveltySnapshot | undefined }) {
    const { historyRows, days, tolerancePeriods } = settings;
    this.#values = new ValueHistory(historyRows, snapshot?.values);
    this.#differences = new ValueHistory(historyRows, snapshot?.differences);
    this.#days = new DayMemory({ days, capacity: historyRows, toleranceMs: tolerancePeriods * periodMs }, snapshot?.days);
    this.#recent = [...(snapshot?.recent ?? [])];
    this.#refractory = new Refractory(settings, snapshot?.refractory);
  }

  snapshot(): NoveltySnapshot {
    return {
      values: this.#values.arrived,
      differences: this.#differences.arrived,
      days: this.#days.snapshot(),
      recent: [...this.#recent],
      refractory: this.#refractory.state,
    };
  }

  /** @param atMs never less than before, or the days are forgotten @returns null for a value that is bad (NaN) */
  push(atMs: number, value: number): Novelty | null {
    if (!Number.isFinite(value)) return null;
    const usual = this.#values.median;
    const byValue = this.#valueNovelty(value);
    const byTime = this.#timeNovelty(atMs, value);
    const novelty = Math.max(byValue, byTime.novelty) / settings.watchNovelty;
    const score = this.#refractory.push(novelty);
    if (byTime.novelty > byValue) return { score, novelty, reason: "time_of_day", usual: value - byTime.difference };
    return { score, novelty, reason: "value", usual };
  }

  #valueNovelty(value: number): number {
    const novelty = inWidths(this.#values, this.#values.distanceToNearest(value));
    this.#values.add(value);
    return novelty;
  }

  #timeNovelty(atMs: number, value: number): { novelty: number; difference: number } {
    const difference = this.#days.difference(atMs, value) ?? 0;
    this.#recent.push(difference);
    this.#days.add(atMs, value);
    if (this.#recent.length > settings.meanRows) this.#recent.shift();
    const mean = this.#recent.reduce((sum, one) => sum + one, 0) / this.#recent.length;
    const novelty = inWidths(this.#differences, this.#differences.distanceOutside(mean));
    this.#differences.add(mean);
    return { novelty, difference };
  }
}

/** A history of few values, or of one value only, tells nothing yet. */
function inWidths(history: ValueHistory, distance: number): number {
  const width = history.width(settings.tail, settings.widthFloor);
  if (history.size < settings.warmUpRows || width === 0) return 0;
  return (distance / width) * (history.size / (history.size + settings.trustRows));
}
