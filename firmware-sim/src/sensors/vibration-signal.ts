// What an accelerometer on a bearing housing shows: lines of the shaft, noise, and, where something is hurt, impacts that ring. In: how fast it turns, how
// bad each defect is, a random stream. Out: a window of samples in m/s², another with every call. Pure. The impacts slip at random, as those of real
// bearings do (J. Antoni and R. B. Randall, J. Vib. Acoust. 125 (2003)).
import { normal, type Random } from "../random/random.ts";

export const defectKinds = ["outer_race", "inner_race", "rolling_element", "imbalance"] as const;
export type DefectKind = (typeof defectKinds)[number];

export type BearingSize = { readonly rollers: number; readonly rollerMm: number; readonly pitchMm: number; readonly contactDeg: number };

export type VibrationState = {
  readonly shaftHz: number;
  readonly bearing: BearingSize;
  /** 0 well … 1 as bad as it gets. */
  readonly severity: Readonly<Record<DefectKind, number>>;
};

export const sampleRateHz = 20_000;
export const windowSamples = 4_096;

const noiseRms = 1;
const healthyLines = [0.15, 0.08, 0.05];
/** At severity 1: amplitude at one turn, and of an impact. */
const imbalanceAmplitude = 1.5;
const impactAmplitude = 6;
const ringingHz = 4_300;
const decayPerS = 800;
const ringingS = 0.008;
/** From one impact to the next, and on average, as a share of the time between them. */
const randomSlip = 0.01;
const meanSlip = 0.006;

/** Turns of the cage, in turns of the shaft. */
const cageShare = ({ rollerMm, pitchMm, contactDeg }: BearingSize): number =>
  0.5 - (0.5 * rollerMm * Math.cos((contactDeg * Math.PI) / 180)) / pitchMm;

/** Impacts a second; a rolling element meets both races. */
export function impactHz(kind: Exclude<DefectKind, "imbalance">, shaftHz: number, bearing: BearingSize): number {
  const cage = cageShare(bearing);
  if (kind === "outer_race") return shaftHz * bearing.rollers * cage;
  if (kind === "inner_race") return shaftHz * bearing.rollers * (1 - cage);
  // It rolls on the outer race with the cage's speed: (pitch + roller · cos) / roller turns of its own for one of the cage.
  const contact = Math.cos((bearing.contactDeg * Math.PI) / 180);
  return 2 * shaftHz * cage * (bearing.pitchMm / bearing.rollerMm + contact);
}

export function vibrationWindow({ shaftHz, bearing, severity }: VibrationState, random: Random): Float64Array {
  const seconds = windowSamples / sampleRateHz;
  const samples = Float64Array.from({ length: windowSamples }, () => noiseRms * normal(random));
  for (const [i, amplitude] of healthyLines.entries())
    addTone(samples, (i + 1) * shaftHz, amplitude + (i === 0 ? severity.imbalance * imbalanceAmplitude : 0), random);
  for (const kind of ["outer_race", "inner_race", "rolling_element"] as const) {
    if (severity[kind] === 0) continue;
    const betweenS = (1 + meanSlip) / impactHz(kind, shaftHz, bearing);
    // An inner race turns through the load with the shaft, a rolling element with the cage; an outer race stands still.
    const loadHz = { outer_race: 0, inner_race: shaftHz, rolling_element: shaftHz * cageShare(bearing) }[kind];
    for (let s = -ringingS + betweenS * random(); s < seconds; s += betweenS * (1 + randomSlip * normal(random))) {
      const load = loadHz === 0 ? 1 : (1 + Math.cos(2 * Math.PI * loadHz * s)) / 2;
      addImpact(samples, s, impactAmplitude * severity[kind] * load * (1 + 0.2 * normal(random)));
    }
  }
  return samples;
}

function addTone(samples: Float64Array, hz: number, amplitude: number, random: Random): void {
  const phase = 2 * Math.PI * random();
  for (let i = 0; i < samples.length; i++)
    samples[i] = (samples[i] as number) + amplitude * Math.sin((2 * Math.PI * hz * i) / sampleRateHz + phase);
}

function addImpact(samples: Float64Array, atS: number, amplitude: number): void {
  const first = Math.max(0, Math.ceil(atS * sampleRateHz));
  const end = Math.min(samples.length, Math.floor((atS + ringingS) * sampleRateHz));
  for (let i = first; i < end; i++) {
    const s = i / sampleRateHz - atS;
    samples[i] = (samples[i] as number) + amplitude * Math.exp(-decayPerS * s) * Math.sin(2 * Math.PI * ringingHz * s);
  }
}
