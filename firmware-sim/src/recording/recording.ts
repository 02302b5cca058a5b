// A recording in memory: what a machine measured, row by row, and beside it the truth.
import type { RecordingProfile } from "@millwright/contract/recording-profile";

export type Recording = {
  /** The file it came from. */
  file: string;
  profile: RecordingProfile;
  /** Per row, ms since row 0; never decreasing. */
  timesMs: Float64Array;
  /** Per point of the profile, in its order: one value a row, in the point's unit. */
  columns: Map<string, Float64Array>;
  /** The truth, never on the wire: 1 where the row is labelled. Null where the file has no such column. */
  anomaly: Uint8Array | null;
  changepoint: Uint8Array | null;
};

/** The first labelled row and its time since row 0; null where nothing is labelled. */
export function onsetOf({ anomaly, timesMs }: Pick<Recording, "anomaly" | "timesMs">): { row: number; seconds: number } | null {
  const row = anomaly?.indexOf(1) ?? -1;
  return row === -1 ? null : { row, seconds: (timesMs[row] as number) / 1000 };
}
