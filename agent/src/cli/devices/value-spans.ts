// Least and largest value of every point since the start; what is bad does not count.
import type { ResolvedMachine } from "../../config/resolved-config.ts";
import type { MachineReading } from "./device-session.ts";
import type { Span } from "./reading-table.ts";

export class ValueSpans {
  readonly #spans: (Span | null)[][];

  constructor(machines: readonly ResolvedMachine[]) {
    this.#spans = machines.map(({ points }) => points.map(() => null));
  }

  /** @param readings one for each machine, in their order. @returns by machine, by point; null where there was no value yet. */
  add(readings: readonly MachineReading[]): readonly (readonly (Span | null)[])[] {
    for (const [m, { row }] of readings.entries()) {
      const spans = this.#spans[m] ?? [];
      for (const [i, value] of row.values.entries()) {
        const span = spans[i] ?? null;
        if (Number.isFinite(value)) spans[i] = { min: Math.min(span?.min ?? value, value), max: Math.max(span?.max ?? value, value) };
      }
    }
    return this.#spans;
  }
}
