// Synthetic machines, healthy first and then with one fault, through the very steps of a box: spectra of windows, a healthy mean, a diagnosis.
import type { CauseId, Diagnosis } from "@millwright/contract/diagnosis";
import { diagnoseSpectrum } from "../decisions/diagnose-spectrum.ts";
import { spectrumEvidence } from "../decisions/spectrum-evidence.ts";
import { type BearingGeometry, bearingOrders } from "../features/bearing-frequencies.ts";
import { addHealthy, noHealthy } from "../features/healthy-spectrum.ts";
import { seededRandom } from "../features/seeded-random.ts";
import { defaultBandsHz, defaultEnvelopeHz, WaveformSpectra } from "../features/waveform-spectra.ts";
import { SyntheticSignal, za2115 } from "./synthetic-vibration.ts";

export type Truth = "healthy" | Exclude<CauseId, "hot_bearing" | "motor_load">;
export type DiagnosisCase = { readonly truth: Truth; readonly diagnosis: Diagnosis };

export const truths: readonly Truth[] = [
  "healthy",
  "imbalance",
  "misalignment",
  "looseness",
  "bearing_outer_race",
  "bearing_inner_race",
  "bearing_rolling_element",
  "bearing_cage",
  "electrical",
];

/** From data sheets: a roller bearing, a deep groove ball bearing 6205, and one of 6309. */
const bearings: readonly BearingGeometry[] = [
  za2115,
  { rollers: 9, rollerMm: 7.94, pitchMm: 39.04, contactDeg: 0 },
  { rollers: 8, rollerMm: 17.46, pitchMm: 72.5, contactDeg: 0 },
];
const rateHz = 20_000;
const mainsHz = 50;
const healthyWindows = 40;
const faultyWindows = 12;

/** Machines of each kind, or of one, each with another bearing, speed (20 to 48 turns a second) and seed. @param severity as in `SyntheticVibration` */
export function* diagnosisCases(options: {
  seed: number;
  machines: number;
  only?: Truth;
  severity?: number;
  length?: number;
}): Generator<DiagnosisCase> {
  const { seed, machines, only, severity = 1, length = 4096 } = options;
  const random = seededRandom(seed);
  for (let n = 0; n < machines; n++) {
    const machine = {
      rateHz,
      length,
      mainsHz,
      shaftHz: 20 + 28 * random(),
      geometry: bearings[n % bearings.length] as BearingGeometry,
    };
    for (const truth of only === undefined ? truths : [only])
      yield { truth, diagnosis: diagnosed(machine, truth, severity, Math.floor(random() * 2 ** 31)) };
  }
}

type Machine = { rateHz: number; length: number; mainsHz: number; shaftHz: number; geometry: BearingGeometry };

function diagnosed(machine: Machine, truth: Truth, severity: number, seed: number): Diagnosis {
  const { shaftHz, length } = machine;
  const bands = { bandsHz: defaultBandsHz(rateHz), envelopeHz: defaultEnvelopeHz(rateHz) };
  const spectra = new WaveformSpectra({ length, rateHz, mainsHz, speed: "measured", bearing: bearingOrders(machine.geometry), ...bands });
  const well = new SyntheticSignal({ ...machine, seed, cause: "healthy", severity: 0 });
  let healthy = noHealthy;
  for (let n = 0; n < healthyWindows; n++) {
    spectra.push(well.window(), shaftHz);
    healthy = addHealthy(healthy, spectra);
  }
  const signal = new SyntheticSignal({ ...machine, seed, cause: truth, severity });
  for (let n = 0; n < faultyWindows; n++) spectra.push(signal.window(), shaftHz);
  const about = { point: "vibration", unit: "m/s2", direction: "radial" as const, lineHz: rateHz / length };
  return diagnoseSpectrum([spectrumEvidence({ ...about, spectra, healthy })]);
}

/** truth → answer → how often. */
export function confusionOf(cases: Iterable<DiagnosisCase>): Record<string, Record<string, number>> {
  const confusion: Record<string, Record<string, number>> = {};
  for (const { truth, diagnosis } of cases) {
    const answer = diagnosis.status === "named" ? diagnosis.cause : `unknown: ${diagnosis.reason}`;
    const row = confusion[truth] ?? {};
    confusion[truth] = { ...row, [answer]: (row[answer] ?? 0) + 1 };
  }
  return confusion;
}
