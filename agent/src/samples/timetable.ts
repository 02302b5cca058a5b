// When what is due: every entry on its own grid (start + phase + k × period), without drift, however late the calls come. Pure.
// What was missed is skipped and counted, never made up for.

export type TimetableEntry = {
  /** Machine ms between two runs, > 0. */
  readonly everyMs: number;
  /** Shift of the grid, machine ms; spreads the load. */
  readonly phaseMs?: number;
};

export type Due = {
  /** Which entry. */
  readonly index: number;
  /** The grid point, machine ms: the latest one that has passed. */
  readonly dueMs: number;
  /** Grid points before it that nobody came for. */
  readonly skipped: number;
};

/** `dueMs` = `baseMs` + `step` × `everyMs`, multiplied and not added up, so that no rounding accumulates over years. */
type Slot = { index: number; everyMs: number; baseMs: number; step: number; dueMs: number };

export class Timetable {
  /** A binary heap by due time, then by index: the order of entries due at once is the order of the entries. */
  readonly #heap: Slot[] = [];

  constructor(entries: readonly TimetableEntry[], startMs: number) {
    for (const [index, { everyMs, phaseMs = 0 }] of entries.entries()) {
      if (!(everyMs > 0)) throw new RangeError(`a period must be more than 0 ms, not ${everyMs}`);
      const baseMs = startMs + phaseMs;
      this.#heap.push({ index, everyMs, baseMs, step: 0, dueMs: baseMs });
    }
    for (let i = (this.#heap.length >> 1) - 1; i >= 0; i--) this.#sink(i);
  }

  /** Machine ms; Infinity for an empty timetable. */
  get nextDueMs(): number {
    return this.#heap[0]?.dueMs ?? Number.POSITIVE_INFINITY;
  }

  /** Everything due at `nowMs`, each entry at most once, in order. */
  takeDue(nowMs: number): Due[] {
    const due: Due[] = [];
    for (let slot = this.#heap[0]; slot !== undefined && slot.dueMs <= nowMs; slot = this.#heap[0]) {
      const skipped = Math.floor((nowMs - slot.dueMs) / slot.everyMs);
      slot.step += skipped;
      due.push({ index: slot.index, dueMs: slot.baseMs + slot.step * slot.everyMs, skipped });
      slot.step++;
      slot.dueMs = slot.baseMs + slot.step * slot.everyMs;
      this.#sink(0);
    }
    return due;
  }

  #sink(from: number): void {
    const heap = this.#heap;
    const slot = heap[from] as Slot;
    let at = from;
    for (;;) {
      let child = 2 * at + 1;
      if (child + 1 < heap.length && isBefore(heap[child + 1] as Slot, heap[child] as Slot)) child++;
      if (child >= heap.length || !isBefore(heap[child] as Slot, slot)) break;
      heap[at] = heap[child] as Slot;
      at = child;
    }
    heap[at] = slot;
  }
}

const isBefore = (a: Slot, b: Slot): boolean => a.dueMs < b.dueMs || (a.dueMs === b.dueMs && a.index < b.index);
