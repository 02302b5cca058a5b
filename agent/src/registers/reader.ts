// What reads one device, whatever its bus: a value, or the reason why there is none, for each of its points.
import type { QualityReason } from "@millwright/contract/telemetry";

/** One cycle: an entry for every point, in the order of the points. */
export type DeviceReading = {
  /** Machine time, ms, at which the last reply was there. */
  readonly atMonotonicMs: number;
  /** In the point's unit; NaN where there is none. An out-of-range value is kept. */
  readonly shown: Float64Array;
  /** null: good. */
  readonly reasons: (QualityReason | null)[];
};

export type Reader = {
  /** Never rejects; always settles. */
  read(): Promise<DeviceReading>;
};
