// Seeded vibration of a machine that is known to be well or not: shaft lines, a bearing whose defect strikes a resonance with random slip, mains, noise.
// After J. Antoni and R. B. Randall, A stochastic model for simulation and diagnostics of rolling element bearings with localized faults, J. Vib. Acoust.
// 125 (2003). In: what is wrong, how strongly, a seed. Out: as many windows as are asked for, running on from one to the next.
import type { CauseId } from "@millwright/contract/diagnosis";
import { type BearingGeometry, bearingOrders } from "../features/bearing-frequencies.ts";
import { seededRandom } from "../features/seeded-random.ts";

/** m/s². `severity` 1: an impact rings as high as three times the noise, or a shaft line has grown tenfold. */
export type SyntheticVibration = {
  readonly seed: number;
  readonly cause: CauseId | "healthy";
  readonly severity: number;
  readonly rateHz: number;
  readonly length: number;
  readonly shaftHz: number;
  readonly geometry: BearingGeometry;
  readonly mainsHz: number;
};

/** Rexnord ZA-2115, as the IMS tests used it: H. Qiu et al., J. Sound Vib. 289 (2006). */
export const za2115: BearingGeometry = { rollers: 16, rollerMm: 8.407, pitchMm: 71.501, contactDeg: 15.17 };

const noise = 1;
/** The bearing's random slip from one impact to the next, as a share of the time between them; and its mean slip. */
const jitter = 0.01;
const meanSlip = 0.008;
/** A healthy machine's lines at 1, 2 and 3 turns, and twice the mains: mm/s would fall with the order, m/s² do not. */
const healthyOrders: Readonly<Record<number, number>> = { 1: 0.15, 2: 0.08, 3: 0.05 };
const faultyOrders: Readonly<Record<string, Readonly<Record<number, number>>>> = {
  imbalance: { 1: 1.5 },
  misalignment: { 1: 0.3, 2: 1.5, 3: 0.3 },
  looseness: { 0.5: 0.6, 1: 0.8, 1.5: 0.6, 2: 0.9, 2.5: 0.5, 3: 0.8, 4: 0.7, 5: 0.6, 6: 0.5 },
};

export class SyntheticSignal {
  readonly #o: SyntheticVibration;
  readonly #random: () => number;
  readonly #tones: { readonly hz: number; readonly amplitude: number; readonly phase: number }[];
  readonly #resonanceHz: number;
  #sample = 0;
  #nextImpactS: number;
  #impacts: { readonly atS: number; readonly amplitude: number }[] = [];

  constructor(options: SyntheticVibration) {
    this.#o = options;
    this.#random = seededRandom(options.seed);
    const { cause, severity, shaftHz, mainsHz, rateHz } = options;
    const orders: Record<number, number> = { ...healthyOrders };
    for (const [order, amplitude] of Object.entries(faultyOrders[cause] ?? {}))
      orders[Number(order)] = (orders[Number(order)] ?? 0) + severity * amplitude;
    const mains = 0.05 + (cause === "electrical" ? severity * 1.5 : 0);
    this.#tones = [
      ...Object.entries(orders).map(([order, a]) => ({ hz: Number(order) * shaftHz, amplitude: a })),
      { hz: 2 * mainsHz, amplitude: mains },
    ].map((tone) => ({ ...tone, phase: 2 * Math.PI * this.#random() }));
    this.#resonanceHz = rateHz * (0.18 + 0.1 * this.#random());
    this.#nextImpactS = this.#random() * 0.01;
  }

  /** The next window. */
  window(): Float64Array {
    const { rateHz, length } = this.#o;
    const endS = (this.#sample + length) / rateHz;
    this.#strikeUntil(endS);
    const out = Float64Array.from({ length }, (_, i) => this.#at((this.#sample + i) / rateHz));
    this.#sample += length;
    this.#impacts = this.#impacts.filter(({ atS }) => endS - atS < 0.01);
    return out;
  }

  #at(s: number): number {
    let value = noise * this.#normal();
    for (const { hz, amplitude, phase } of this.#tones) value += amplitude * Math.sin(2 * Math.PI * hz * s + phase);
    for (const { atS, amplitude } of this.#impacts) {
      const since = s - atS;
      if (since >= 0 && since < 0.01) value += amplitude * Math.exp(-since * 800) * Math.sin(2 * Math.PI * this.#resonanceHz * since);
    }
    return value;
  }

  #strikeUntil(endS: number): void {
    const hz = this.#impactHz();
    if (hz === null) return;
    while (this.#nextImpactS < endS) {
      this.#impacts.push({ atS: this.#nextImpactS, amplitude: this.#strength(this.#nextImpactS) });
      this.#nextImpactS += ((1 + jitter * this.#normal()) * (1 + meanSlip)) / hz;
    }
  }

  #impactHz(): number | null {
    const { cause, shaftHz, geometry } = this.#o;
    const orders = bearingOrders(geometry);
    if (cause === "bearing_outer_race") return shaftHz * orders.bpfo;
    if (cause === "bearing_inner_race") return shaftHz * orders.bpfi;
    if (cause === "bearing_rolling_element") return 2 * shaftHz * orders.bsf;
    return cause === "bearing_cage" ? shaftHz * orders.ftf : null;
  }

  // An inner race turns through the load zone with the shaft, a rolling element with the cage.
  #strength(s: number): number {
    const { cause, severity, shaftHz, geometry } = this.#o;
    const turnHz =
      cause === "bearing_inner_race" ? shaftHz : cause === "bearing_rolling_element" ? shaftHz * bearingOrders(geometry).ftf : 0;
    const load = turnHz === 0 ? 1 : 0.5 + 0.5 * Math.cos(2 * Math.PI * turnHz * s);
    return 3 * severity * noise * load * (1 + 0.2 * this.#normal());
  }

  #normal(): number {
    return Math.sqrt(-2 * Math.log(1 - this.#random())) * Math.cos(2 * Math.PI * this.#random());
  }
}
