// The values of the last days, by time: how a new one differs from what was there at the same time of day.
// Only differences of time count, so monotonic machine time will do. A step back in time (a boot) forgets everything. Bounded: the oldest leave.

const dayMs = 86_400_000;

export type DayMemoryOptions = {
  /** Days looked back at. */
  readonly days: number;
  /** Values kept at most; they are taken no closer together than `days` of them need. */
  readonly capacity: number;
  /** A value counts as *at the same time* when it is no further away than this (or than the values are kept apart). */
  readonly toleranceMs: number;
};

/** What it holds, the oldest first. */
export type DaySnapshot = { readonly atMs: Float64Array; readonly values: Float64Array };

export class DayMemory {
  readonly #options: DayMemoryOptions;
  readonly #atMs: Float64Array;
  readonly #values: Float64Array;
  readonly #spacingMs: number;
  /** Of the ring: index of the oldest, and how many there are. */
  #first = 0;
  #size = 0;

  /** @param snapshot of an earlier one with the same options */
  constructor(options: DayMemoryOptions, snapshot?: DaySnapshot) {
    this.#options = options;
    this.#atMs = new Float64Array(options.capacity);
    this.#values = new Float64Array(options.capacity);
    if (snapshot !== undefined) {
      this.#size = Math.min(snapshot.atMs.length, options.capacity);
      this.#atMs.set(snapshot.atMs.slice(-options.capacity));
      this.#values.set(snapshot.values.slice(-options.capacity));
    }
    this.#spacingMs = ((options.days + 1) * dayMs) / options.capacity;
  }

  snapshot(): DaySnapshot {
    const inOrder = (ring: Float64Array): Float64Array =>
      Float64Array.from({ length: this.#size }, (_, i) => ring[this.#slotOf(i)] as number);
    return { atMs: inOrder(this.#atMs), values: inOrder(this.#values) };
  }

  /** @returns value − the most similar one of the same time on the days before; null while there is none */
  difference(atMs: number, value: number): number | null {
    let nearest: number | null = null;
    for (let day = 1; day <= this.#options.days; day += 1) {
      const before = this.#at(atMs - day * dayMs);
      if (before !== null && (nearest === null || Math.abs(value - before) < Math.abs(nearest))) nearest = value - before;
    }
    return nearest;
  }

  add(atMs: number, value: number): void {
    const lastMs = this.#size === 0 ? Number.NEGATIVE_INFINITY : this.#timeOf(this.#size - 1);
    if (atMs < lastMs) this.#size = 0;
    else if (atMs - lastMs < this.#spacingMs) return;
    if (this.#size === this.#atMs.length) {
      this.#first = (this.#first + 1) % this.#size;
      this.#size -= 1;
    }
    const slot = this.#slotOf(this.#size);
    this.#atMs[slot] = atMs;
    this.#values[slot] = value;
    this.#size += 1;
  }

  /** The value nearest to that time, or null. */
  #at(wantedMs: number): number | null {
    let [low, high] = [0, this.#size];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#timeOf(middle) < wantedMs) low = middle + 1;
      else high = middle;
    }
    const distance = (index: number): number =>
      index < 0 || index >= this.#size ? Number.POSITIVE_INFINITY : Math.abs(this.#timeOf(index) - wantedMs);
    const index = distance(low - 1) < distance(low) ? low - 1 : low;
    return distance(index) <= Math.max(this.#options.toleranceMs, this.#spacingMs) ? (this.#values[this.#slotOf(index)] as number) : null;
  }

  #timeOf(index: number): number {
    return this.#atMs[this.#slotOf(index)] as number;
  }

  #slotOf(index: number): number {
    return (this.#first + index) % this.#atMs.length;
  }
}
