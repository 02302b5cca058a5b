// What reads one device, whatever its bus: a value, or the reason why there is none, for each of its points.
import type { QualityReason } from "@millwright/contract/telemetry";

/** A window of vibration in its unit, or why there is none; `detail` in words. */
export type WaveformReading =
  | { readonly samples: Float64Array; readonly rateHz: number }
  | { readonly reason: QualityReason; readonly detail: string };

/** One cycle: an entry for every point, in the order of the points. */
export type DeviceReading = {
  /** Machine time, ms, at which the last reply was there. */
  readonly atMonotonicMs: number;
  /** Machine time from which on the values are too old by the source's own time, however often it is read; absent: it does not say. */
  readonly staleFromMs?: number;
  /** In the point's unit; NaN where there is none. An out-of-range value is kept. */
  readonly shown: Float64Array;
  /** null: good. */
  readonly reasons: (QualityReason | null)[];
  /** In the order of the read's waveforms; absent where it has none, or there was no reply. Their figures are made of them later. */
  readonly waveforms?: readonly WaveformReading[];
};

export type Reader = {
  /** Never rejects; always settles. */
  read(): Promise<DeviceReading>;
};
