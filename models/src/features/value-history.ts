// The values one figure has taken so far, kept sorted: how far a new one is from the nearest of them, and from all of them, in O(log n).
// Bounded: beyond its capacity the oldest value leaves (capacity × 16 bytes).

export class ValueHistory {
  readonly #sorted: Float64Array;
  /** The same values in the order they came, as a ring. */
  readonly #arrived: Float64Array;
  #size = 0;
  #next = 0;

  /** @param capacity values, at least 1 @param arrived those of an earlier one, as its `arrived` gave them */
  constructor(capacity: number, arrived: Float64Array = new Float64Array()) {
    this.#sorted = new Float64Array(capacity);
    this.#arrived = new Float64Array(capacity);
    const kept = arrived.slice(-capacity);
    this.#arrived.set(kept);
    this.#sorted.set(kept.toSorted());
    this.#size = kept.length;
    this.#next = kept.length % capacity;
  }

  get size(): number {
    return this.#size;
  }

  /** All of them, the oldest first. */
  get arrived(): Float64Array {
    const first = this.#size < this.#arrived.length ? 0 : this.#next;
    return Float64Array.from({ length: this.#size }, (_, i) => this.#arrived[(first + i) % this.#arrived.length] as number);
  }

  /** The middle one; NaN where there is none. */
  get median(): number {
    return this.#size === 0 ? Number.NaN : (this.#sorted[this.#size >> 1] as number);
  }

  /** @param value finite */
  add(value: number): void {
    if (this.#size === this.#sorted.length) this.#remove(this.#arrived[this.#next] as number);
    const at = this.#rankOf(value);
    this.#sorted.copyWithin(at + 1, at, this.#size);
    this.#sorted[at] = value;
    this.#size += 1;
    this.#arrived[this.#next] = value;
    this.#next = (this.#next + 1) % this.#arrived.length;
  }

  /** @returns how far the nearest earlier value is away; 0 when this very value was there, or nothing was */
  distanceToNearest(value: number): number {
    const at = this.#rankOf(value);
    const above = at < this.#size ? (this.#sorted[at] as number) - value : Number.POSITIVE_INFINITY;
    const below = at > 0 ? value - (this.#sorted[at - 1] as number) : Number.POSITIVE_INFINITY;
    return this.#size === 0 ? 0 : Math.min(above, below);
  }

  /** @returns how far the value is outside of everything before; 0 inside */
  distanceOutside(value: number): number {
    if (this.#size === 0) return 0;
    return Math.max(0, (this.#sorted[0] as number) - value, value - (this.#sorted[this.#size - 1] as number));
  }

  /** @returns the width of the values without the share `tail` at either end, but at least `floor` of the whole width */
  width(tail: number, floor: number): number {
    if (this.#size === 0) return 0;
    const last = this.#size - 1;
    const quantile = (q: number): number => this.#sorted[Math.min(last, Math.floor(q * this.#size))] as number;
    const whole = (this.#sorted[last] as number) - (this.#sorted[0] as number);
    return Math.max(quantile(1 - tail) - quantile(tail), floor * whole);
  }

  #remove(value: number): void {
    const at = this.#rankOf(value);
    this.#sorted.copyWithin(at, at + 1, this.#size);
    this.#size -= 1;
  }

  /** How many of the values are smaller. */
  #rankOf(value: number): number {
    let [low, high] = [0, this.#size];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#sorted[middle] as number) < value) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
