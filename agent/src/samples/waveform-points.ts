// One vibration sensor: its waveforms → the figures that are points of the machine, and the lines of its spectra. In: a reading and how fast the shaft
// turned. Out: values and reasons, written into the reading; a snapshot of the lines. Pure. The work of a window is done once, when it is read.
import type { QualityReason } from "@millwright/contract/telemetry";
import type { BearingOrders } from "@millwright/models/features/bearing-frequencies";
import type { WatchedLine } from "@millwright/models/features/line-plan";
import { vibrationFeatureNames } from "@millwright/models/features/vibration-features";
import { defaultBandsHz, defaultEnvelopeHz, WaveformSpectra } from "@millwright/models/features/waveform-spectra";
import type { DeviceReading } from "../registers/reader.ts";

export const bearingFigures = ["bpfo", "bpfi", "bsf", "ftf"] as const;

/** What is known of one waveform. Plain data. */
export type WaveformRule = {
  readonly name: string;
  readonly unit: string;
  readonly samples: number;
  /** null: four bands up to half of the rate. */
  readonly bandsHz: readonly (readonly [number, number])[] | null;
  readonly envelopeHz: readonly [number, number] | null;
  readonly bearing: BearingOrders | null;
  readonly mainsHz: number | null;
  readonly direction: "radial" | "axial";
  /** Hz, or the point that says so and what makes Hz of its value; null where it is not known. */
  readonly shaft: { readonly hz: number } | { readonly point: string; readonly hzPerUnit: number } | null;
  /** Figure → its place in the read. */
  readonly places: Readonly<Record<string, number>>;
};

/** The lines as they were with one row. */
export type SpectrumSnapshot = {
  readonly rule: WaveformRule;
  readonly atMonotonicMs: number;
  /** Spectra in the mean. */
  readonly windows: number;
  /** Hz between two lines of a spectrum. */
  readonly lineHz: number;
  readonly lines: readonly WatchedLine[];
  /** By line; NaN where a spectrum cannot tell. */
  readonly expectedHz: Float64Array;
  readonly hz: Float64Array;
  readonly heightDb: Float64Array;
  readonly meanSquare: Float64Array;
};

/** Names of a waveform's figures, in the order of its points. */
export function figuresOf(bands: number, hasBearing: boolean): string[] {
  const ofBands = Array.from({ length: bands }, (_, i) => `band_${i + 1}`);
  return ["rms", "hf_rms", "kurtosis", "crest", ...ofBands, ...(hasBearing ? bearingFigures : [])];
}

export const defaultBandCount = defaultBandsHz(1).length;

const at = (name: (typeof vibrationFeatureNames)[number]): number => vibrationFeatureNames.indexOf(name);
const featurePlaces: Readonly<Record<string, number>> = {
  rms: at("rms"),
  hf_rms: at("hfrms"),
  kurtosis: at("kurtosis"),
  crest: at("crest"),
};

/** A rate that a reply gives may waver by this share before everything begins anew. */
const rateStep = 0.001;

export class WaveformPoints {
  readonly #rule: WaveformRule;
  readonly #which: number;
  #rateHz = Number.NaN;
  #spectra: WaveformSpectra | null = null;
  /** Of the last reading; null where it had no good waveform. */
  snapshot: SpectrumSnapshot | null = null;

  /** @param which of the reading's waveforms */
  constructor(rule: WaveformRule, which: number) {
    this.#rule = rule;
    this.#which = which;
  }

  /** Fills in the places of its figures. @param shaft Hz; a reason where its speed is not good: then only the bearing's figures have no value */
  judge(reading: DeviceReading, shaft: number | QualityReason): void {
    this.snapshot = null;
    const waveform = reading.waveforms?.[this.#which];
    if (waveform === undefined) return;
    const spectra = "samples" in waveform ? this.#spectraAt(waveform.rateHz) : null;
    if ("reason" in waveform) this.#refuse(reading, waveform.reason);
    else if (spectra === null) this.#refuse(reading, "malformed");
    else this.#take(reading, waveform.samples, shaft, spectra);
  }

  #take(reading: DeviceReading, samples: Float64Array, shaft: number | QualityReason, spectra: WaveformSpectra): void {
    const features = spectra.push(samples, typeof shaft === "number" && shaft > 0 ? shaft : Number.NaN);
    // A sensor that measures has noise.
    if (features[at("rms")] === 0) {
      this.#refuse(reading, "flat_line");
      return;
    }
    for (const [figure, place] of Object.entries(this.#rule.places)) {
      const value = this.#figure(figure, features, spectra);
      reading.shown[place] = value;
      reading.reasons[place] = Number.isFinite(value) ? null : typeof shaft === "string" ? shaft : "sentinel";
    }
    this.snapshot = this.#snapshotOf(spectra, reading.atMonotonicMs);
  }

  #figure(figure: string, features: Float64Array, spectra: WaveformSpectra): number {
    const band = /^band_(\d)$/.exec(figure)?.[1];
    if (band !== undefined) return features[vibrationFeatureNames.length + Number(band) - 1] ?? Number.NaN;
    const bearing = bearingFigures.find((one) => one === figure);
    return bearing === undefined ? (features[featurePlaces[figure] ?? -1] ?? Number.NaN) : spectra.combDb(bearing);
  }

  #refuse({ shown, reasons }: DeviceReading, reason: QualityReason): void {
    for (const place of Object.values(this.#rule.places)) {
      shown[place] = Number.NaN;
      reasons[place] = reason;
    }
  }

  // null: at such a rate the bands cannot be.
  #spectraAt(rateHz: number): WaveformSpectra | null {
    if (Math.abs(rateHz - this.#rateHz) <= rateStep * this.#rateHz) return this.#spectra;
    const { samples, bandsHz, envelopeHz, bearing, mainsHz, shaft } = this.#rule;
    this.#rateHz = rateHz;
    const speed = shaft !== null && "hz" in shaft ? ("name_plate" as const) : ("measured" as const);
    const options = { length: samples, rateHz, bearing, mainsHz, speed };
    const bands = { bandsHz: bandsHz ?? defaultBandsHz(rateHz), envelopeHz: envelopeHz ?? defaultEnvelopeHz(rateHz) };
    try {
      this.#spectra = new WaveformSpectra({ ...options, ...bands });
    } catch {
      this.#spectra = null;
    }
    return this.#spectra;
  }

  #snapshotOf({ windows, lines, expectedHz, hz, heightDb, meanSquare }: WaveformSpectra, atMonotonicMs: number): SpectrumSnapshot {
    return {
      rule: this.#rule,
      atMonotonicMs,
      windows,
      lineHz: this.#rateHz / this.#rule.samples,
      lines,
      expectedHz: expectedHz.slice(),
      hz: hz.slice(),
      heightDb: heightDb.slice(),
      meanSquare: meanSquare.slice(),
    };
  }
}
