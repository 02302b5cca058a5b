// What is in flight on one connection, by its transaction: few at a time, mostly one. A Map would be made anew every few requests.

export class InFlight<T extends { readonly transaction: number }> {
  /** Places, some of them free; as many as there ever were in flight at once. */
  readonly #places: (T | null)[] = [];
  #size = 0;

  get size(): number {
    return this.#size;
  }

  add(one: T): void {
    const free = this.#places.indexOf(null);
    if (free < 0) this.#places.push(one);
    else this.#places[free] = one;
    this.#size++;
  }

  get(transaction: number): T | null {
    for (const one of this.#places) if (one !== null && one.transaction === transaction) return one;
    return null;
  }

  /** @returns whether it was there */
  delete(transaction: number): boolean {
    for (let i = 0; i < this.#places.length; i++) {
      if (this.#places[i]?.transaction !== transaction) continue;
      this.#places[i] = null;
      this.#size--;
      return true;
    }
    return false;
  }

  /** A copy, in no order. */
  all(): T[] {
    return this.#places.filter((one) => one !== null);
  }

  clear(): void {
    this.#places.length = 0;
    this.#size = 0;
  }
}
