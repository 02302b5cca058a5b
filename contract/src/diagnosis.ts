// What is probably wrong with a machine, and the lines of its spectrum that say so. "Don't know" is an answer, and says why.
import * as v from "valibot";
import type { FailureMode } from "./failure-modes.ts";
import { Finite, PointName } from "./names.ts";

/** cause → failure mode (ISO 14224) and what a technician calls it. Ids never change meaning; texts may. A hint names no failure mode. */
export const causes = {
  imbalance: { mode: "VIB", text: "Imbalance of the rotor" },
  misalignment: { mode: "VIB", text: "Misalignment of the shaft" },
  looseness: { mode: "VIB", text: "Mechanical looseness" },
  bearing_outer_race: { mode: "VIB", text: "Outer race of the bearing" },
  bearing_inner_race: { mode: "VIB", text: "Inner race of the bearing" },
  bearing_rolling_element: { mode: "VIB", text: "Rolling element of the bearing" },
  bearing_cage: { mode: "VIB", text: "Cage of the bearing" },
  electrical: { mode: "VIB", text: "Electrical, from the mains" },
  hot_bearing: { mode: "UNK", text: "A bearing runs hot: look at its lubrication and load first" },
  motor_load: { mode: "UNK", text: "The motor takes another current: look at what it drives first" },
} as const satisfies Record<string, { mode: FailureMode; text: string }>;
export const CauseId = v.picklist(Object.keys(causes) as (keyof typeof causes)[]);
export type CauseId = v.InferOutput<typeof CauseId>;

/** Why no cause is named. */
export const unknownReasons = {
  no_spectrum: "no spectrum could be made: no good waveform, or the speed is not known",
  too_few_spectra: "too few spectra at this speed so far",
  no_baseline: "there is no spectrum of the healthy machine to compare with",
  nothing_stands_out: "no line of the spectrum has grown",
  tie: "the spectrum fits more than one cause",
} as const;
export const UnknownReason = v.picklist(Object.keys(unknownReasons) as (keyof typeof unknownReasons)[]);
export type UnknownReason = v.InferOutput<typeof UnknownReason>;

/** What makes a line: the shaft's turning, the mains, or a part of the bearing meeting a defect (bpfo outer race, bpfi inner race, bsf rolling element, ftf cage). */
export const LineSource = v.picklist(["shaft", "mains", "bpfo", "bpfi", "bsf", "ftf"]);
export type LineSource = v.InferOutput<typeof LineSource>;

/** One line: `order` times the frequency of its source; a sideband stands beside that, by the shaft's turning (of bsf: the cage's). */
export const SpectralLine = v.strictObject({
  spectrum: v.picklist(["vibration", "envelope"]),
  of: LineSource,
  order: Finite,
  sideband: v.optional(v.picklist([-1, 1])),
  hz: Finite,
  expected_hz: Finite,
  /** Over the floor around it. */
  height_db: Finite,
  /** Over the same line of the healthy machine; null where that is not known. */
  growth_db: v.nullable(Finite),
});
export type SpectralLine = v.InferOutput<typeof SpectralLine>;

export const Diagnosis = v.variant("status", [
  v.strictObject({
    status: v.literal("named"),
    cause: CauseId,
    /** The waveform's, or the signal's, point. */
    point: PointName,
    /** The evidence, strongest first. Empty for a hint, which is made of the signals alone. */
    lines: v.pipe(v.array(SpectralLine), v.maxLength(12)),
  }),
  v.strictObject({
    status: v.literal("unknown"),
    reason: UnknownReason,
    /** `tie`: between which. */
    candidates: v.pipe(v.array(CauseId), v.maxLength(4)),
    lines: v.pipe(v.array(SpectralLine), v.maxLength(12)),
  }),
]);
export type Diagnosis = v.InferOutput<typeof Diagnosis>;
