// What the spectra of a machine's sensors showed while it was well. In: rows it learns from. Out: plain JSON, committed with its state. Pure.
import { addHealthy, type HealthySpectrum, noHealthy } from "@millwright/models/features/healthy-spectrum";
import type { SpectrumSnapshot } from "../samples/waveform-points.ts";

/** By waveform. `of`: the settings its lines belong to; with others nothing of it may be compared. */
export type HealthySpectra = Readonly<Record<string, HealthySpectrum & { readonly of: string }>>;

export const settingsOf = ({ rule, lineHz }: SpectrumSnapshot): string =>
  JSON.stringify([rule.unit, rule.samples, Number(lineHz.toPrecision(3)), rule.bearing, rule.envelopeHz, rule.mainsHz]);

/** A row that counts as healthy. */
export function learnSpectra(healthy: HealthySpectra | undefined, spectra: readonly SpectrumSnapshot[]): HealthySpectra {
  const learned = spectra.map((one): [string, HealthySpectra[string]] => {
    const of = settingsOf(one);
    const before = healthy?.[one.rule.name];
    return [one.rule.name, { ...addHealthy(before?.of === of ? before : noHealthy, one), of }];
  });
  return { ...healthy, ...Object.fromEntries(learned) };
}
