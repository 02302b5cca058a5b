// How long each point of a machine has stood still, and what that means. What is usual is learned from healthy rows: some sensors repeat a value
// for 40 rows.
// moving → suspicious (longer than learned: hidden from the model, so that a frozen sensor never raises a machine alarm)
//        → frozen (much longer: an event about the sensor, once per freeze).
import type { PointStillness } from "@millwright/contract/model-manifest";

const verdicts = ["moving", "suspicious", "frozen"] as const;
export type StillnessVerdict = (typeof verdicts)[number];

/** Plain JSON. `value`: the last good value, null before the first. `stillRows`: how many rows in succession had it. */
export type StillnessState = { value: number | null; stillRows: number; verdict: StillnessVerdict };

const [moving, suspicious, frozen] = [0, 1, 2];

export class Stillness {
  readonly #learned: readonly PointStillness[];
  /** NaN before the first. */
  readonly #value: Float64Array;
  readonly #stillRows: Float64Array;
  readonly #verdict: Uint8Array;

  constructor(learned: readonly PointStillness[], snapshot: readonly StillnessState[] = []) {
    this.#learned = learned;
    this.#value = Float64Array.from(learned, (_, p) => snapshot[p]?.value ?? Number.NaN);
    this.#stillRows = Float64Array.from(learned, (_, p) => snapshot[p]?.stillRows ?? 0);
    this.#verdict = Uint8Array.from(learned, (_, p) => verdicts.indexOf(snapshot[p]?.verdict ?? "moving"));
  }

  /** To be written down at once. */
  get state(): StillnessState[] {
    return this.#learned.map((_, p) => {
      const value = this.#value[p] as number;
      return { value: Number.isNaN(value) ? null : value, stillRows: this.rowsOf(p), verdict: this.verdictOf(p) };
    });
  }

  verdictOf(p: number): StillnessVerdict {
    return verdicts[this.#verdict[p] as number] as StillnessVerdict;
  }

  rowsOf(p: number): number {
    return this.#stillRows[p] as number;
  }

  isMoving(p: number): boolean {
    return this.#verdict[p] === moving;
  }

  /** Takes the next value of point `p`. A bad value (NaN) tells nothing: the state stays. */
  step(p: number, value: number): void {
    if (!Number.isFinite(value)) return;
    const isSame = value === this.#value[p];
    const stillRows = isSame ? (this.#stillRows[p] as number) + 1 : 1;
    this.#value[p] = value;
    this.#stillRows[p] = stillRows;
    this.#verdict[p] = isSame ? verdictAfter(stillRows, this.#learned[p] as PointStillness) : moving;
  }

  /** A sensor that is frozen is reported with the next row in which it still stands still, as if for the first time. */
  tellAgain(): void {
    for (const [p, verdict] of this.#verdict.entries()) if (verdict === frozen) this.#verdict[p] = suspicious;
  }
}

function verdictAfter(stillRows: number, { frozen_rows, suspicious_rows }: PointStillness): number {
  if (frozen_rows !== null && stillRows >= frozen_rows) return frozen;
  return suspicious_rows !== null && stillRows >= suspicious_rows ? suspicious : moving;
}
