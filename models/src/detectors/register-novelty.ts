// Watches one register by itself, with nothing learned beforehand: how new is this value? Two questions, and the worse answer counts:
//   value        how far is it from the nearest value ever seen?
//   time_of_day  how far does it differ, over the last rows, from the same time on each of the last days, beyond anything that was seen?
// Both distances are in widths of what was seen, so units, scale and offset do not matter. Causal; O(log n) a row (and a move of memory);
// bounded: 1 MB.
import { DayMemory } from "../features/day-memory.ts";
import { ValueHistory } from "../features/value-history.ts";
import { noveltySettings as settings } from "../settings.ts";
import { Refractory } from "./refractory.ts";

export type Novelty = {
  /** ≥ 0; 1 is the watch limit. One event speaks once: see `Refractory`. */
  readonly score: number;
  /** The same before the pause that follows an event. */
  readonly novelty: number;
  readonly reason: "value" | "time_of_day";
};

export class RegisterNovelty {
  readonly #values = new ValueHistory(settings.historyRows);
  readonly #differences = new ValueHistory(settings.historyRows);
  readonly #days: DayMemory;
  readonly #recent: number[] = [];
  readonly #refractory = new Refractory(settings);

  /** @param periodMs the time between rows */
  constructor({ periodMs }: { periodMs: number }) {
    this.#days = new DayMemory({
      days: settings.days,
      capacity: settings.historyRows,
      toleranceMs: settings.tolerancePeriods * periodMs,
    });
  }

  /** @param atMs never less than before, or the days are forgotten @returns null for a value that is bad (NaN) */
  push(atMs: number, value: number): Novelty | null {
    if (!Number.isFinite(value)) return null;
    const byValue = this.#valueNovelty(value);
    const byTime = this.#timeNovelty(atMs, value);
    const novelty = Math.max(byValue, byTime) / settings.watchNovelty;
    return { score: this.#refractory.push(novelty), novelty, reason: byTime > byValue ? "time_of_day" : "value" };
  }

  #valueNovelty(value: number): number {
    const novelty = inWidths(this.#values, this.#values.distanceToNearest(value));
    this.#values.add(value);
    return novelty;
  }

  #timeNovelty(atMs: number, value: number): number {
    this.#recent.push(this.#days.difference(atMs, value) ?? 0);
    this.#days.add(atMs, value);
    if (this.#recent.length > settings.meanRows) this.#recent.shift();
    const mean = this.#recent.reduce((sum, one) => sum + one, 0) / this.#recent.length;
    const novelty = inWidths(this.#differences, this.#differences.distanceOutside(mean));
    this.#differences.add(mean);
    return novelty;
  }
}

/** A history of few values, or of one value only, tells nothing yet. */
function inWidths(history: ValueHistory, distance: number): number {
  const width = history.width(settings.tail, settings.widthFloor);
  if (history.size < settings.warmUpRows || width === 0) return 0;
  return (distance / width) * (history.size / (history.size + settings.trustRows));
}
