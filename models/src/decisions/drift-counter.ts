// Counts the rows of a new period in the bins of what was learned. State: at most ten counts a signal, plain JSON.
import type { SignalReference } from "@millwright/contract/model-manifest";
import { binOf, emptyCounts } from "../detectors/signal-reference.ts";

export class DriftCounter {
  readonly #references: readonly SignalReference[];
  readonly counts: number[][];

  /** @param counts of an earlier run; counts that do not fit these references are begun again */
  constructor(references: readonly SignalReference[], counts?: readonly (readonly number[])[]) {
    this.#references = references;
    const fits = counts?.length === references.length && references.every(({ edges }, i) => counts[i]?.length === edges.length + 1);
    this.counts = fits ? counts.map((each) => [...each]) : references.map(({ edges }) => emptyCounts(edges));
  }

  get hasRows(): boolean {
    return this.counts.some((bins) => bins.some((count) => count > 0));
  }

  /** @param values in the order of the points; NaN, and a score that is null, are passed over */
  add(values: Float64Array, score: number | null): void {
    for (const [i, { edges }] of this.#references.entries()) {
      const value = i < values.length ? (values[i] as number) : score;
      const counts = this.counts[i] as number[];
      if (value === null || !Number.isFinite(value)) continue;
      const bin = binOf(edges, value);
      counts[bin] = (counts[bin] as number) + 1;
    }
  }
}
