// The unit of everything that follows: all points of one machine at one moment, each with its quality. Pure.
import type { MachineRef } from "@millwright/contract/names";
import type { QualityReason } from "@millwright/contract/telemetry";
import type { SpectrumSnapshot } from "./waveform-points.ts";

/** Values in the order of the machine's points. */
export type RowValues = {
  /** Machine time of this boot, ms. */
  readonly atMonotonicMs: number;
  /** The device's update counter, null where the machine has none. */
  readonly update: number | null;
  /** For models: NaN wherever the quality is bad. */
  readonly values: Float64Array;
  /** For people: what was read, also where it is bad; NaN where there is nothing. */
  readonly shown: Float64Array;
  /** null: good. */
  readonly reasons: readonly (QualityReason | null)[];
  /** Lines of the vibration's spectra, of sensors with a good waveform; absent where there is none. */
  readonly spectra?: readonly SpectrumSnapshot[];
};

export type MachineRow = RowValues & {
  readonly machine: MachineRef;
  readonly bootId: string;
  /** Machine time of day as Unix time, ms; for people. */
  readonly atWallMs: number;
  /** Whether the time of day could be trusted then. */
  readonly clock: "trusted" | "untrusted";
};
