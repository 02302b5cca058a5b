// Health indices with a known end, for the evaluation of their extrapolation. In: a directory with files of C-MAPSS, IMS or PRONOSTIA. Out: one case
// per machine: its index over its life, the limit it is extrapolated to, and from where on it may be judged. No model of any of them was trained.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { medianOf, spreadOf } from "../detectors/statistics.ts";
import { namesIn } from "./data-file.ts";
import { cmapssSets, readCmapss } from "./evaluate-cmapss.ts";
import { parseCmapssFile } from "./parse-cmapss-file.ts";
import { readIms } from "./read-ims.ts";
import { readPronostia } from "./read-pronostia.ts";

/** `index`: one value a step (a cycle, a snapshot), to the machine's end. `limit`: of machines other than this one, or of its own beginning. */
export type HealthCase = {
  readonly set: string;
  readonly machine: string;
  readonly index: readonly number[];
  readonly limit: number;
  readonly from: number;
};

/** Steps that teach what is normal of turbofans (cycles) and of IMS bearings (snapshots). */
const learnedCycles = 30;
const learnedSnapshots = 150;
/** A bearing of IMS counts as failed at so many times its own beginning; nobody else's end is known. */
const imsFactor = 3;
const smoothing = 0.2;

/** @throws Fault data_missing, recording_malformed */
export function healthCases(dir: string): HealthCase[] {
  const names = namesIn(dir, "give the directory of C-MAPSS, IMS or PRONOSTIA");
  return [
    ...cmapssSets.filter((set) => existsSync(join(dir, `train_${set}.txt`))).flatMap((set) => turbofans(dir, set)),
    ...(names.some((name) => /^test\d+_(features|summary)\.csv$/.test(name)) ? imsBearings(dir) : []),
    ...(names.some((name) => name.endsWith(".features.csv")) ? pronostiaBearings(dir) : []),
  ];
}

// Only sets with one operating condition: a unit's first cycles do not teach all six.
function turbofans(dir: string, set: string): HealthCase[] {
  const file = `train_${set}.txt`;
  const units = parseCmapssFile(readCmapss(dir, file), join(dir, file));
  const isOneCondition = units.every(({ cycles }) => cycles.every(({ settings }) => Math.abs(settings[0] as number) < 1));
  if (!isOneCondition) return [];
  const indices = units.map(({ cycles }) => indexOf(cycles.map(({ values }) => values)));
  const ends = indices.map((index) => medianOf(index.slice(-5)));
  return indices.map((index, unit) => ({
    set: `cmapss ${set}`,
    machine: `unit ${unit + 1}`,
    index,
    // Five folds by unit: what the others looked like at their end stands for the limit an operator would know.
    limit: medianOf(ends.filter((_, other) => other % 5 !== unit % 5)),
    from: learnedCycles,
  }));
}

/** Root mean square over the points of their smoothed deviation from this machine's first rows. */
function indexOf(rows: readonly (readonly number[])[]): number[] {
  const first = rows.slice(0, learnedCycles);
  const normals = (rows[0] ?? []).map((_, p) => {
    const values = first.map((row) => row[p] as number);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    return { p, mean, spread: spreadOf(values, mean) };
  });
  const moving = normals.filter(({ mean, spread }) => spread > 1e-6 * Math.abs(mean));
  const smooth = moving.map(() => 0);
  return rows.map((row, t) => {
    const weight = Math.max(smoothing, 1 / (t + 1));
    for (const [n, { p, mean, spread }] of moving.entries())
      smooth[n] = (smooth[n] as number) + weight * (((row[p] as number) - mean) / spread - (smooth[n] as number));
    return Math.sqrt(smooth.reduce((sum, z) => sum + z * z, 0) / smooth.length);
  });
}

function imsBearings(dir: string): HealthCase[] {
  return readIms(dir).flatMap(({ test, bearings }) =>
    bearings.map(({ bearing, channels }) => {
      const index = channels[0] ?? [];
      const limit = imsFactor * medianOf(index.slice(0, learnedSnapshots));
      return { set: "ims", machine: `test ${test} bearing ${bearing}`, index, limit, from: learnedSnapshots };
    }),
  );
}

function pronostiaBearings(dir: string): HealthCase[] {
  const lives = readPronostia(dir);
  const lessons = lives.filter(({ isLesson }) => isLesson);
  const endOf = (levels: readonly number[]): number => medianOf(levels.slice(-Math.max(3, Math.floor(levels.length / 100))));
  return lives.flatMap((life) => {
    const ends = lessons.filter((lesson) => lesson !== life && lesson.duty === life.duty).map(({ rms }) => endOf(rms));
    // Without another one of its duty nobody knows a limit.
    return ends.length === 0
      ? []
      : [{ set: "pronostia", machine: `bearing ${life.bearing}`, index: life.rms, limit: medianOf(ends), from: 0 }];
  });
}
