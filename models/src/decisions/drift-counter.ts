// Counts the rows of a new period in the bins of what was learned. State: at most ten counts a signal.
import type { SignalReference } from "@millwright/contract/model-manifest";
import { binOf, bins } from "../detectors/signal-reference.ts";

export class DriftCounter {
  readonly #references: readonly SignalReference[];
  /** Of all signals, `bins` places each: one array, so that a row leaves no garbage behind. */
  readonly #counts: Float64Array;

  /** @param counts of an earlier run; counts that do not fit these references are begun again */
  constructor(references: readonly SignalReference[], counts?: readonly (readonly number[])[]) {
    this.#references = references;
    this.#counts = new Float64Array(references.length * bins);
    const fits = counts?.length === references.length && references.every(({ edges }, i) => counts[i]?.length === edges.length + 1);
    if (fits) for (const [i, ofSignal] of counts.entries()) this.#counts.set(ofSignal, i * bins);
  }

  /** Plain JSON: rows in each bin of each signal. */
  get counts(): number[][] {
    return this.#references.map(({ edges }, i) =>
      Array.from({ length: edges.length + 1 }, (_, bin) => this.#counts[i * bins + bin] as number),
    );
  }

  get hasRows(): boolean {
    return this.#counts.some((count) => count > 0);
  }

  /** @param values in the order of the points; NaN, and a score that is null, are passed over */
  add(values: Float64Array, score: number | null): void {
    for (let i = 0; i < this.#references.length; i += 1) {
      const value = i < values.length ? (values[i] as number) : (score ?? Number.NaN);
      if (!Number.isFinite(value)) continue;
      const place = i * bins + binOf((this.#references[i] as SignalReference).edges, value);
      this.#counts[place] = (this.#counts[place] as number) + 1;
    }
  }
}
