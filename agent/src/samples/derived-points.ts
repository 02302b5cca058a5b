// Points made of others: values in, values out, with the quality of what they are made of. Pure.
import type { QualityReason } from "@millwright/contract/telemetry";
import { qualityOf } from "./quality.ts";

/** `index` is its place in the row; `uses` stand before it. `evaluate` gives NaN or infinity where there is no number. */
export type DerivedPoint = {
  readonly index: number;
  readonly uses: readonly { readonly name: string; readonly index: number }[];
  readonly evaluate: (values: Readonly<Record<string, number>>) => number;
  readonly range?: readonly [number, number];
};

export class DerivedPoints {
  readonly #points: readonly DerivedPoint[];
  /** Values by name, as expressions see them; one object for every row. */
  readonly #known: Record<string, number>;

  constructor(points: readonly DerivedPoint[]) {
    this.#points = points;
    this.#known = Object.fromEntries(points.flatMap(({ uses }) => uses.map(({ name }): [string, number] => [name, Number.NaN])));
  }

  /** Completes a row whose other points are there. One that uses a bad point has no value, and that point's reason. */
  fill(shown: Float64Array, reasons: (QualityReason | null)[]): void {
    for (const point of this.#points) {
      const { index, range } = point;
      const reason = worstReason(point, reasons);
      const value = qualityOf(reason) === "bad" ? Number.NaN : this.#evaluate(point, shown);
      shown[index] = value;
      if (qualityOf(reason) === "bad") reasons[index] = reason;
      else if (Number.isNaN(value)) reasons[index] = "sentinel";
      else reasons[index] = range !== undefined && (value < range[0] || value > range[1]) ? "out_of_range" : reason;
    }
  }

  #evaluate({ uses, evaluate }: DerivedPoint, shown: Float64Array): number {
    for (const { name, index } of uses) this.#known[name] = shown[index] as number;
    const value = evaluate(this.#known);
    return Number.isFinite(value) ? value : Number.NaN;
  }
}

// Bad before uncertain before good; of several bad ones the first.
function worstReason({ uses }: DerivedPoint, reasons: readonly (QualityReason | null)[]): QualityReason | null {
  let worst: QualityReason | null = null;
  for (const { index } of uses) {
    const reason = reasons[index] ?? null;
    if (qualityOf(reason) === "bad") return reason;
    worst ??= reason;
  }
  return worst;
}
