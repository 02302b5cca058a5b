// One vibration sensor's waveforms → figures of each window, and the watched lines of the mean spectrum of the last few. In: windows of one length and
// rate, and how fast the shaft turned. Out: the object's own arrays, overwritten by the next window. Pure; nothing is allocated per window.
import type { BearingOrders } from "./bearing-frequencies.ts";
import { EnvelopeSpectrum } from "./envelope-spectrum.ts";
import { sidebandHz, sourceHz, type WatchedLine, watchedLines } from "./line-plan.ts";
import { hannPower } from "./real-spectrum.ts";
import { LineFinder } from "./spectral-lines.ts";
import { planVibration, type VibrationPlan, vibrationFeatures } from "./vibration-features.ts";

export type SpectraOptions = {
  /** Samples of a window, a power of two. */
  readonly length: number;
  readonly rateHz: number;
  readonly bandsHz: readonly (readonly [number, number])[];
  /** The band whose envelope is taken. */
  readonly envelopeHz: readonly [number, number];
  /** null: nothing is known of the bearing, and no envelope is taken. */
  readonly bearing: BearingOrders | null;
  /** Of the mains that feed the motor; null: not known. */
  readonly mainsHz: number | null;
  /** How the shaft's speed is known: measured, or as a name plate has it. */
  readonly speed: keyof typeof toleranceOf;
};

/** Weight of the newest spectrum once there are some: the mean of about the last seven. A single one is as rough as its noise. */
const weight = 0.25;
/**
 * How far from where it is computed a line is looked for, as a share of its frequency: a bearing slips by 1–2 % (Randall and Antoni 2011), and an induction
 * motor turns some per cent faster than its name plate says while it is not fully loaded.
 */
const toleranceOf = { measured: 0.02, name_plate: 0.03 } as const;
/** A speed that changed by more than this share begins the mean anew. */
const speedStep = 0.01;
/** Of the sampling rate: bands without any other word, the part with resonances for the envelope, and how far its lines are watched. */
const defaultBands = [0, 0.05, 0.15, 0.3, 0.5];
const defaultEnvelope = [0.1, 0.4] as const;
const watchedShare = 0.1;
/** From here on a harmonic's own frequency counts, and no longer the one that was computed. */
const foundDb = 6;

/** Four bands from 0 Hz to half of the rate. */
export function defaultBandsHz(rateHz: number): [number, number][] {
  // The last one holds the last line, too.
  const edges = defaultBands.map((share) => share * rateHz);
  return edges.slice(1).map((to, i) => [edges[i] as number, i === edges.length - 2 ? to + rateHz : to]);
}

export const defaultEnvelopeHz = (rateHz: number): [number, number] => [defaultEnvelope[0] * rateHz, defaultEnvelope[1] * rateHz];

export class WaveformSpectra {
  readonly lines: readonly WatchedLine[];
  /** By line: where it is expected, where it is found, its height over the floor and its mean square. NaN where a spectrum cannot tell. */
  readonly expectedHz: Float64Array;
  readonly hz: Float64Array;
  readonly heightDb: Float64Array;
  readonly meanSquare: Float64Array;
  /** Windows at this speed; the mean is of the last of them. */
  windows = 0;
  readonly #options: SpectraOptions;
  readonly #plan: VibrationPlan;
  readonly #envelope: EnvelopeSpectrum | null;
  readonly #vibrationNow: Float64Array;
  readonly #vibrationMean: Float64Array;
  readonly #envelopeMean: Float64Array;
  readonly #finder = new LineFinder();
  #shaftHz = Number.NaN;

  /** @throws RangeError where length or band cannot be */
  constructor(options: SpectraOptions) {
    const { length, rateHz, bandsHz, envelopeHz, bearing, mainsHz } = options;
    const lineHz = rateHz / length;
    this.#options = options;
    this.#plan = planVibration({ length, rateHz, bandsHz });
    const maxHz = watchedShare * rateHz;
    this.#envelope = bearing === null ? null : new EnvelopeSpectrum({ length, lineHz, bandHz: envelopeHz, maxHz });
    this.#vibrationNow = new Float64Array(length / 4);
    this.#vibrationMean = new Float64Array(length / 4);
    this.#envelopeMean = new Float64Array(this.#envelope?.power.length ?? 0);
    this.lines = watchedLines({ hasBearing: bearing !== null, hasMains: mainsHz !== null });
    this.expectedHz = new Float64Array(this.lines.length);
    this.hz = new Float64Array(this.lines.length);
    this.heightDb = new Float64Array(this.lines.length);
    this.meanSquare = new Float64Array(this.lines.length);
  }

  /** One window. @param shaftHz NaN where it is not known @returns as `vibrationFeatures` @throws RangeError for a window of another length */
  push(samples: ArrayLike<number>, shaftHz: number): Float64Array {
    const features = vibrationFeatures(this.#plan, samples);
    const { spectrum } = this.#plan;
    hannPower(spectrum, this.#vibrationNow.length - 1, this.#vibrationNow);
    this.#envelope?.run(spectrum);
    const isSame = Number.isNaN(shaftHz) ? Number.isNaN(this.#shaftHz) : Math.abs(shaftHz - this.#shaftHz) <= speedStep * this.#shaftHz;
    if (!isSame) {
      this.windows = 0;
      this.#shaftHz = shaftHz;
    }
    this.windows += 1;
    const share = Math.max(weight, 1 / this.windows);
    mix(this.#vibrationMean, this.#vibrationNow, share);
    if (this.#envelope !== null) mix(this.#envelopeMean, this.#envelope.power, share);
    this.#findLines(shaftHz);
    return features;
  }

  /** Mean height of a source's first three harmonics in the envelope, dB; of those the spectrum can tell. NaN where it can tell none. */
  combDb(of: WatchedLine["of"]): number {
    let [sum, count] = [0, 0];
    for (const [i, line] of this.lines.entries()) {
      const height = this.heightDb[i] as number;
      if (line.spectrum !== "envelope" || line.of !== of || line.sideband !== undefined || Number.isNaN(height)) continue;
      sum += height;
      count += 1;
    }
    return sum / count;
  }

  #findLines(shaftHz: number): void {
    const { bearing, mainsHz, rateHz, length, speed } = this.#options;
    const lineHz = rateHz / length;
    // Harmonics and sidebands are looked for where the first one was found, for slip moves all of them alike.
    let firstHz = Number.NaN;
    for (const [i, line] of this.lines.entries()) {
      const isFirst = line.of !== this.lines[i - 1]?.of || line.spectrum !== this.lines[i - 1]?.spectrum || line.of === "shaft";
      const nominalHz = sourceHz(line.of, shaftHz, bearing, mainsHz);
      if (isFirst) firstHz = nominalHz;
      const sideHz = line.sideband === undefined ? 0 : line.sideband * sidebandHz(line.of, shaftHz, bearing);
      const power = line.spectrum === "vibration" ? this.#vibrationMean : this.#envelopeMean;
      const toleranceHz = isFirst && line.of !== "mains" ? toleranceOf[speed] * line.order * nominalHz : 0;
      this.#finder.find(power, lineHz, line.order * firstHz + sideHz, toleranceHz);
      const { hz, heightDb, meanSquare } = this.#finder;
      this.expectedHz[i] = line.order * nominalHz + sideHz;
      this.hz[i] = hz;
      this.heightDb[i] = heightDb;
      this.meanSquare[i] = meanSquare;
      if (isFirst && heightDb >= foundDb) firstHz = hz / line.order;
    }
  }
}

function mix(mean: Float64Array, now: Float64Array, share: number): void {
  for (let k = 0; k < mean.length; k++) mean[k] = (mean[k] as number) + share * ((now[k] as number) - (mean[k] as number));
}
