// Features of a machine that is measured once a cycle and wears until it fails. In: one row of standardised values a cycle, in order, from the
// unit's first cycle on. Out: the features of that cycle. Causal: nothing later is looked at. State is bounded: the last 30 rows.
import { cycleSettings } from "../settings.ts";

const { windows, ewmaAlpha, firstCycles } = cycleSettings;
const longest = Math.max(...windows);

/** Kinds of column, each for every point; the last column of all is the age in cycles. */
export const cycleFeatureKinds: readonly string[] = [
  "value",
  ...windows.map((cycles) => `mean_${cycles}`),
  ...windows.map((cycles) => `slope_${cycles}`),
  "ewma",
  "shift",
  "life_mean",
  "life_slope",
];

/** @returns F for so many points */
export const cycleFeatureCount = (points: number): number => cycleFeatureKinds.length * points + 1;

/** Plain JSON. `recent`: the last rows, oldest first. `first`: mean of the unit's first cycles, of which `age` are in it until
 * there are enough. `mean`: of the whole life; `tilt`: sum of (value − mean) × (cycle − mean cycle) over the whole life. */
export type CycleStreamSnapshot = { age: number; recent: number[][]; ewma: number[]; first: number[]; mean: number[]; tilt: number[] };

export class CycleStream {
  readonly #points: number;
  readonly #state: CycleStreamSnapshot;

  constructor(points: number, snapshot?: CycleStreamSnapshot) {
    this.#points = points;
    this.#state = snapshot === undefined ? { age: 0, recent: [], ewma: [], first: [], mean: [], tilt: [] } : structuredClone(snapshot);
  }

  /** @param values standardised, one a point @returns kind by kind, within a kind point by point, then the age */
  push(values: readonly number[]): Float32Array {
    const state = this.#state;
    this.#take(values);
    const features = new Float32Array(cycleFeatureCount(this.#points));
    let column = 0;
    const put = (ofPoint: (p: number) => number): void => {
      for (let p = 0; p < this.#points; p += 1) features[column++] = ofPoint(p);
    };
    put((p) => values[p] as number);
    for (const cycles of windows) put((p) => this.#mean(p, 0, cycles));
    for (const cycles of windows) put((p) => this.#slope(p, cycles));
    put((p) => state.ewma[p] as number);
    put((p) => (state.ewma[p] as number) - (state.first[p] as number));
    put((p) => state.mean[p] as number);
    put((p) => this.#lifeSlope(p));
    features[column] = state.age;
    return features;
  }

  /** Where it stands, to be written down at once: it changes with the next row. */
  get state(): CycleStreamSnapshot {
    return this.#state;
  }

  #take(values: readonly number[]): void {
    const state = this.#state;
    state.age += 1;
    state.recent.push([...values]);
    if (state.recent.length > longest) state.recent.shift();
    // While the unit is young its running mean is a plain mean: the first row must not weigh for a hundred cycles.
    const weight = Math.max(ewmaAlpha, 1 / state.age);
    state.ewma = values.map((value, p) => blend(state.ewma[p] ?? value, value, weight));
    const before = state.mean;
    state.mean = values.map((value, p) => blend(before[p] ?? value, value, 1 / state.age));
    // Welford's update of a co-moment with the cycle's number, whose own mean before this row was age / 2.
    state.tilt = values.map((value, p) => (state.tilt[p] ?? 0) + (value - (before[p] ?? value)) * (state.age - 1) * 0.5);
    if (state.age <= firstCycles) state.first = values.map((value, p) => blend(state.first[p] ?? value, value, 1 / state.age));
  }

  /** Mean of the rows `from` … `to` cycles ago (`to` not among them), as far as the unit has lived so long. */
  #mean(p: number, from: number, to: number): number {
    const { recent } = this.#state;
    const end = recent.length - from;
    const start = Math.max(0, recent.length - to);
    let sum = 0;
    for (let i = start; i < end; i += 1) sum += recent[i]?.[p] as number;
    return sum / (end - start);
  }

  /** Newer half of the window less its older half; 0 while the unit is younger than half a window. */
  #slope(p: number, cycles: number): number {
    const half = Math.ceil(cycles / 2);
    return this.#state.recent.length <= half ? 0 : this.#mean(p, 0, half) - this.#mean(p, half, cycles);
  }

  /** Least-squares slope over the whole life, per cycle; 0 at first. */
  #lifeSlope(p: number): number {
    const { age, tilt } = this.#state;
    return age < firstCycles ? 0 : (12 * (tilt[p] as number)) / (age * (age * age - 1));
  }
}

const blend = (before: number, value: number, weight: number): number => before + weight * (value - before);
