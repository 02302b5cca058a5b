// The running state of a machine's points: two lags, the running means of the value and its lags, their slow re-centring, and which part of the score was theirs.
// All of them are linear in the values, so a graph can make AR residuals of any coefficients out of them (fast, smoothed, slow).
// Kept in one array of doubles: as objects, a box with 500 machines would make 100,000 numbers a second that outlive the row.
import { featureSettings, holdSettings } from "../settings.ts";

/** Plain JSON. `rows`: good rows in succession. `ewma`, `drift`: of value, lag 1, lag 2. `driftRows`: rows behind `drift`.
 * `offset`: what was judged normal, in the point's unit; taken off every value. `part`: running mean of its part of the score; absent in older snapshots. */
export type PointFeaturesState = {
  rows: number;
  missing: number;
  lag1: number;
  lag2: number;
  ewma: [number, number, number];
  drift: [number, number, number];
  driftRows: number;
  offset: number;
  part?: number;
};

/** Which points wait with their re-centring: those that make up most of a score, all of them, or those that have a part in it. */
export type Hold = "leaders" | "all" | "involved";

// Places of a point's figures, from where it begins.
const rows = 0;
const missing = 1;
const lag1 = 2;
const lag2 = 3;
const ewma = 4;
const drift = 7;
const driftRows = 10;
const offset = 11;
const part = 12;
const width = 13;

export class PointFeatures {
  readonly #figures: Float64Array;

  constructor(points: number, snapshot: readonly PointFeaturesState[] = []) {
    this.#figures = new Float64Array(points * width);
    for (const [p, s] of snapshot.entries())
      this.#figures.set([s.rows, s.missing, s.lag1, s.lag2, ...s.ewma, ...s.drift, s.driftRows, s.offset, s.part ?? 0], p * width);
  }

  /** To be written down at once. */
  get state(): PointFeaturesState[] {
    const of = this.#figures;
    const three = (at: number): [number, number, number] => [of[at] as number, of[at + 1] as number, of[at + 2] as number];
    return Array.from({ length: of.length / width }, (_, p) => {
      const figure = (place: number): number => of[p * width + place] as number;
      return {
        rows: figure(rows),
        missing: figure(missing),
        lag1: figure(lag1),
        lag2: figure(lag2),
        ewma: three(p * width + ewma),
        drift: three(p * width + drift),
        driftRows: figure(driftRows),
        offset: figure(offset),
        part: figure(part),
      };
    });
  }

  /** Forgets lags and running means of every point (after a gap); what was re-centred stays. */
  restart(): void {
    for (let at = 0; at < this.#figures.length; at += width) this.#restartPoint(at);
  }

  /** What the machine does now was judged normal: from now on it is measured from here. */
  accept(): void {
    const of = this.#figures;
    for (let at = 0; at < of.length; at += width) {
      if (of[at + driftRows] === 0 || of[at + rows] === 0) continue;
      const shift = (of[at + ewma] as number) - (of[at + drift] as number);
      of[at + offset] = (of[at + offset] as number) + shift;
      for (const place of [lag1, lag2, ewma, ewma + 1, ewma + 2]) of[at + place] = (of[at + place] as number) - shift;
    }
  }

  /** @param size point `p`'s part of the score of the row it saw last, ≥ 0 */
  attribute(p: number, size: number): void {
    const at = p * width + part;
    this.#figures[at] = (this.#figures[at] as number) + holdSettings.alpha * (size - (this.#figures[at] as number));
  }

  /**
   * Takes the next value of point `p` into the state, and its nine features into `features`, all in place: this is the hot path, and it leaves
   * no garbage.
   * @param values of all points; NaN = bad; up to `maxGapPeriods` in succession the state waits, after that it starts again
   * @param isHidden the value is not looked at, as if it were bad
   * @param hold the re-centring of the points it means waits, so that a fault is not learned
   * @param features where they go: `p`, `p + points`, …, in the order of `featureKinds`
   * @returns whether there are features; without them nothing is written
   */
  step(p: number, values: Float64Array, isHidden: boolean, hold: Hold, features: Float32Array): boolean {
    const of = this.#figures;
    const at = p * width;
    const value = (values[p] as number) - (of[at + offset] as number);
    if (isHidden || !Number.isFinite(value)) {
      of[at + missing] = (of[at + missing] as number) + 1;
      if ((of[at + missing] as number) > featureSettings.maxGapPeriods) this.#restartPoint(at);
      return false;
    }
    const before = of[at + rows] as number;
    const last = of[at + lag1] as number;
    const lastButOne = of[at + lag2] as number;
    of[at + missing] = 0;
    of[at + rows] = before + 1;
    of[at + lag2] = last;
    of[at + lag1] = value;
    if (before < 2) return false;
    const smoothed = before - 1;
    average(of, at + ewma, value, last, lastButOne, Math.max(featureSettings.ewmaAlpha, 1 / smoothed));
    if (smoothed < featureSettings.warmUpRows) return false;
    const isHeld = hold === "all" || (of[at + part] as number) > holdSettings[hold];
    if (!isHeld || of[at + driftRows] === 0) {
      const driftsBehind = (of[at + driftRows] as number) + 1;
      of[at + driftRows] = driftsBehind;
      const weight = Math.max(featureSettings.driftAlpha, 1 / driftsBehind);
      average(of, at + drift, of[at + ewma] as number, of[at + ewma + 1] as number, of[at + ewma + 2] as number, weight);
    }
    const stride = of.length / width;
    features[p] = value;
    features[p + stride] = last;
    features[p + 2 * stride] = lastButOne;
    for (let lag = 0; lag < 3; lag += 1) {
      features[p + (3 + lag) * stride] = of[at + ewma + lag] as number;
      features[p + (6 + lag) * stride] = of[at + drift + lag] as number;
    }
    return true;
  }

  #restartPoint(at: number): void {
    this.#figures[at + rows] = 0;
    this.#figures[at + missing] = 0;
  }
}

function average(means: Float64Array, at: number, a: number, b: number, c: number, weight: number): void {
  means[at] = (means[at] as number) + weight * (a - (means[at] as number));
  means[at + 1] = (means[at + 1] as number) + weight * (b - (means[at + 1] as number));
  means[at + 2] = (means[at + 2] as number) + weight * (c - (means[at + 2] as number));
}
