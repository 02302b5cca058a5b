// PRONOSTIA's bearings as files: <set>__Bearing<duty>_<number>.features.csv, a line per snapshot, from new to the end of the test.
import { join } from "node:path";
import { Fault } from "@millwright/kit/fault";
import { namesIn, readDataFile } from "./data-file.ts";
import { numbersOf, parseFeatureTable } from "./parse-feature-table.ts";

/** `duty` is the operating condition (speed and load), the first digit of the bearing's name. `bands`: per snapshot, the levels of the middle bands of each accelerometer there is; `rms` the larger of the accelerometers, for the rival and as a health index. */
export type BearingLife = {
  readonly bearing: string;
  readonly duty: string;
  readonly isLesson: boolean;
  readonly bands: readonly (readonly number[])[];
  readonly rms: readonly number[];
};

const middleBands = ["b1_3k", "b3_6k"];

/** @throws Fault data_missing, recording_malformed */
export function readPronostia(dir: string): BearingLife[] {
  const lives = namesIn(dir, "give the directory that holds the bearings").flatMap((name): BearingLife[] => {
    const [, set, bearing] = /^(.+)__Bearing(\d+_\d+)\.features\.csv$/.exec(name) ?? [];
    if (set === undefined || bearing === undefined) return [];
    const path = join(dir, name);
    const table = parseFeatureTable(readDataFile(path), path);
    const sides = table.columns.includes("v_rms") ? ["h", "v"] : ["h"];
    const columns = sides.flatMap((side) => middleBands.map((band) => numbersOf(table, `${side}_${band}`)));
    const rms = sides.map((side) => numbersOf(table, `${side}_rms`));
    const ofSnapshot = (list: readonly (readonly number[])[], i: number): number[] => list.map((column) => column[i] as number);
    return [
      {
        bearing,
        duty: bearing.charAt(0),
        isLesson: set === "Learning_set",
        bands: table.rows.map((_, i) => ofSnapshot(columns, i)),
        rms: table.rows.map((_, i) => Math.max(...ofSnapshot(rms, i))),
      },
    ];
  });
  if (lives.length > 0) return lives;
  throw new Fault("data_missing", "config", `${dir} holds no <set>__Bearing<n>_<n>.features.csv; give the directory that does`);
}
