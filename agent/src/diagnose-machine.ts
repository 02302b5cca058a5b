// From the spectra and signals of a machine whose prediction is raised to what is probably wrong with it. Pure.
import type { Diagnosis } from "@millwright/contract/diagnosis";
import type { MachineClass } from "@millwright/contract/names";
import type { Signal } from "@millwright/contract/prediction";
import { diagnoseSpectrum, type SpectrumEvidence } from "@millwright/models/decisions/diagnose-spectrum";
import { hintFromSignals } from "@millwright/models/decisions/hint-from-signals";
import { spectrumEvidence } from "@millwright/models/decisions/spectrum-evidence";
import { type HealthySpectra, settingsOf } from "./baselines/healthy-spectra.ts";
import type { SpectrumSnapshot } from "./samples/waveform-points.ts";

export type Symptoms = {
  readonly spectra: readonly SpectrumSnapshot[];
  readonly healthy: HealthySpectra | undefined;
  readonly signals: readonly Signal[];
  readonly machineClass: MachineClass;
  /** Whether the machine has a sensor with waveforms at all. */
  readonly hasWaveforms: boolean;
};

/** @returns null where there is nothing to diagnose with: no sensor with waveforms, and no signal that says where to look */
export function diagnoseMachine({ spectra, healthy, signals, machineClass, hasWaveforms }: Symptoms): Diagnosis | null {
  const diagnosis = hasWaveforms ? diagnoseSpectrum(spectra.map((one) => evidenceOf(one, healthy))) : null;
  if (diagnosis?.status === "named") return diagnosis;
  const hint = hintFromSignals(signals, machineClass);
  return hint === null ? diagnosis : { status: "named", ...hint, lines: [] };
}

function evidenceOf(spectra: SpectrumSnapshot, healthy: HealthySpectra | undefined): SpectrumEvidence {
  const { rule, lineHz } = spectra;
  const learned = healthy?.[rule.name];
  const isSame = learned?.of === settingsOf(spectra);
  const { name: point, unit, direction } = rule;
  return spectrumEvidence({ point, unit, direction, lineHz, spectra, healthy: isSame ? learned : null });
}
