// A small recording for tests: two points, one row a second, times and labels as a test wants them.
import { RecordingProfile } from "@millwright/contract/recording-profile";
import * as v from "valibot";

/** The profile as a person would write it; `learn_rows` is the least a profile allows. */
export const sineProfile = {
  profile: "sine",
  delimiter: ";",
  time: { format: "epoch_s", column: "t" },
  period: "1s",
  machine: { name: "M-1", class: "test-rig" },
  learn_rows: 200,
  points: { wave: { column: "Wave", unit: "mm/s" }, level: { column: "Level", unit: "bar" } },
  labels: { anomaly: "anomaly" },
} as const;

export const parsedSineProfile = (): RecordingProfile => v.parse(RecordingProfile, sineProfile);

/** Values of row k; exact in float32, so that what was read can be compared. */
export const waveAt = (row: number): number => Math.fround(5 + 3 * Math.sin(row / 7));
export const levelAt = (row: number): number => row / 8;

/** @param secondOf time of row k, in seconds. */
export function sineCsv({
  rows = 210,
  secondOf = (row) => row,
  onset = rows,
}: {
  rows?: number;
  secondOf?: (row: number) => number;
  onset?: number;
} = {}): string {
  const lines = Array.from({ length: rows }, (_, row) =>
    [1_583_748_873 + secondOf(row), waveAt(row), levelAt(row), row >= onset ? "1.0" : "0.0"].join(";"),
  );
  return `t;Wave;Level;anomaly\n${lines.join("\n")}\n`;
}
