// PRONOSTIA's bearings as files: <set>__Bearing<duty>_<number>.features.csv, a line per snapshot, from new to the end of the test.
import { join } from "node:path";
import { Fault } from "@millwright/kit/fault";
import { namesIn, readDataFile } from "./data-file.ts";
import { numbersOf, parseFeatureTable } from "./parse-feature-table.ts";

/** `duty` is the operating condition (speed and load), the first digit of the bearing's name; `levels` the larger RMS of the two accelerometers. */
export type BearingLife = {
  readonly bearing: string;
  readonly duty: string;
  readonly isLesson: boolean;
  readonly levels: readonly number[];
};
/** @throws Fault data_missing, recording_malformed */
export function readPronostia(dir: string): BearingLife[] {
  const lives = namesIn(dir, "give the directory that holds the bearings").flatMap((name): BearingLife[] => {
    const [, set, duty, number] = /^(.+)__Bearing(\d+)_(\d+)\.features\.csv$/.exec(name) ?? [];
    if (set === undefined || duty === undefined) return [];
    const path = join(dir, name);
    const table = parseFeatureTable(readDataFile(path), path);
    const vertical = table.columns.includes("v_rms") ? numbersOf(table, "v_rms") : [];
    const levels = numbersOf(table, "h_rms").map((level, i) => Math.max(level, vertical[i] ?? 0));
    return [{ bearing: `${duty}_${number}`, duty, isLesson: set === "Learning_set", levels }];
  });
  if (lives.length > 0) return lives;
  throw new Fault("data_missing", "config", `${dir} holds no <set>__Bearing<n>_<n>.features.csv; give the directory that does`);
}
