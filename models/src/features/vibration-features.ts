// Features of one window of vibration. In: a plan made once per sensor, and samples in any unit. Out: the plan's own array, overwritten by the next
// window: rms, kurtosis (3 = Gaussian), peak, skewness, crest, hfrms (RMS of the first difference), spectral centroid in Hz by power, RMS per band.
import { RealSpectrum } from "./real-spectrum.ts";

export type VibrationPlan = {
  readonly spectrum: RealSpectrum;
  readonly lineHz: number;
  /** Limits of each band as lines of the spectrum, the second not in it. */
  readonly bandLines: readonly (readonly [number, number])[];
  readonly length: number;
  readonly out: Float64Array;
};

/** Names of the first figures; after them one RMS per band. */
export const vibrationFeatureNames = ["rms", "kurtosis", "peak", "skewness", "crest", "hfrms", "centroid_hz"] as const;

/** @param length samples of a window, a power of two @param bandsHz from and to of each band @throws RangeError */
export function planVibration(options: { length: number; rateHz: number; bandsHz: readonly (readonly [number, number])[] }): VibrationPlan {
  const { length, rateHz, bandsHz } = options;
  const lineHz = rateHz / length;
  const lineAt = (hz: number): number => Math.min(length / 2 + 1, Math.ceil(hz / lineHz));
  const bandLines = bandsHz.map(([from, to]) => [lineAt(from), lineAt(to)] as const);
  return {
    spectrum: new RealSpectrum(length),
    lineHz,
    bandLines,
    length,
    out: new Float64Array(vibrationFeatureNames.length + bandsHz.length),
  };
}

/** @returns `plan.out` @throws RangeError when there are not as many samples as planned */
export function vibrationFeatures(plan: VibrationPlan, samples: ArrayLike<number>): Float64Array {
  const { length, out, spectrum, bandLines, lineHz } = plan;
  if (samples.length !== length) throw new RangeError(`${samples.length} samples, planned for ${length}`);
  let mean = 0;
  for (let i = 0; i < length; i++) mean += samples[i] as number;
  mean /= length;
  let [second, third, fourth, peak, steps] = [0, 0, 0, 0, 0];
  let last = (samples[0] as number) - mean;
  for (let i = 0; i < length; i++) {
    const x = (samples[i] as number) - mean;
    const square = x * x;
    second += square;
    third += square * x;
    fourth += square * square;
    peak = Math.max(peak, Math.abs(x));
    steps += (x - last) * (x - last);
    last = x;
  }
  const variance = second / length;
  const rms = Math.sqrt(variance);
  const isStill = variance === 0;
  out[0] = rms;
  out[1] = isStill ? 0 : fourth / length / (variance * variance);
  out[2] = peak;
  out[3] = isStill ? 0 : third / length / (variance * rms);
  out[4] = isStill ? 0 : peak / rms;
  out[5] = Math.sqrt(steps / (length - 1));
  spectrum.run(samples, mean);
  const { power } = spectrum;
  let weighted = 0;
  for (let k = 1; k < power.length; k++) weighted += k * (power[k] as number);
  out[6] = isStill ? 0 : (weighted / variance) * lineHz;
  for (let b = 0; b < bandLines.length; b++) {
    const [from, to] = bandLines[b] as readonly [number, number];
    let sum = 0;
    for (let k = from; k < to; k++) sum += power[k] as number;
    out[vibrationFeatureNames.length + b] = Math.sqrt(sum);
  }
  return out;
}
