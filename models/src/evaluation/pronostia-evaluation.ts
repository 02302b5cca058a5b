// `millwright-models eval pronostia`: how much of a bearing's life is left at the first warning and the first critical. The Learning_set teaches the
// critical growth, all others are judged; the end of a file is the failure. Each learning bearing is also judged by all the others, beside the figures.
import { join } from "node:path";
import { Fault } from "@millwright/kit/fault";
import { learnCriticalGrowth, WearStage } from "../detectors/wear-stage.ts";
import { namesIn, readDataFile } from "./data-file.ts";
import { type Evaluation, rounded } from "./evaluation.ts";
import { numbersOf, parseFeatureTable } from "./parse-feature-table.ts";

/** `bands`: per snapshot, the levels of the middle bands of each accelerometer there is; `rms` the larger of the accelerometers, for the rival. */
type Life = {
  readonly bearing: string;
  readonly isLesson: boolean;
  readonly bands: readonly (readonly number[])[];
  readonly rms: readonly number[];
};
type Verdict = { readonly lifeLeft: number; readonly rms: number; readonly growth: number | null; readonly stage: string };

export const pronostiaEvaluation: Evaluation = {
  summary:
    "PRONOSTIA bearings run to failure: percent of life left at the first warning and critical; Learning_set__*.features.csv teach, all others are judged",
  async run({ data, onProgress }) {
    const lives = readLives(data);
    const lessons = lives
      .filter(({ isLesson }) => isLesson)
      .map((life) => ({ life, growths: judge(life, undefined).map(({ growth }) => growth) }));
    const judged = lives.map((life) => {
      onProgress(life.bearing);
      const limit = learnCriticalGrowth(lessons.filter((lesson) => lesson.life !== life).map(({ growths }) => growths));
      const verdicts = judge(life, limit);
      return { life, verdicts, figures: { ...figuresOf(life, verdicts), critical_growth: rounded(limit, 3) } };
    });
    const figures = (isLesson: boolean) => judged.filter(({ life }) => life.isLesson === isLesson).map((one) => one.figures);
    const report = { set: "pronostia", bearings: figures(false), learning_bearings_left_out_in_turn: figures(true) };
    return {
      report,
      words: report.bearings
        .map(
          (b) =>
            `bearing ${b.bearing}: life left at the first warning ${percent(b.warning_life_left)}, critical ${percent(b.critical_life_left)} (twice the first level: ${percent(b.rival_twice_first_life_left)})\n`,
        )
        .join(""),
      columns: ["bearing", "teaches", "snapshot", "life_left", "rms", "growth", "stage"],
      rows: judged.flatMap(({ life, verdicts }) =>
        verdicts.map((v, i) => [life.bearing, Number(life.isLesson), i + 1, v.lifeLeft, v.rms, v.growth ?? "", v.stage]),
      ),
      isWhole: true,
    };
  },
};

function judge({ bands, rms }: Life, limit: number | undefined): Verdict[] {
  const stage = new WearStage(limit);
  return bands.map((levels, i) => ({
    lifeLeft: rounded((100 * (bands.length - 1 - i)) / bands.length, 2),
    rms: rms[i] as number,
    ...stage.push(levels),
  }));
}

function figuresOf({ bearing, rms }: Life, verdicts: readonly Verdict[]) {
  const first = (is: (verdict: Verdict) => boolean): number | null => verdicts.find(is)?.lifeLeft ?? null;
  return {
    bearing,
    warning_life_left: first(({ stage }) => stage !== "normal"),
    critical_life_left: first(({ stage }) => stage === "critical"),
    rival_twice_first_life_left: first((verdict) => verdict.rms > 2 * (rms[0] as number)),
  };
}

const middleBands = ["b1_3k", "b3_6k"];

/** @throws Fault data_missing, recording_malformed */
function readLives(dir: string): Life[] {
  const lives = namesIn(dir, "give the directory that holds the bearings").flatMap((name): Life[] => {
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
        isLesson: set === "Learning_set",
        bands: table.rows.map((_, i) => ofSnapshot(columns, i)),
        rms: table.rows.map((_, i) => Math.max(...ofSnapshot(rms, i))),
      },
    ];
  });
  if (lives.length > 0) return lives;
  throw new Fault("data_missing", "config", `${dir} holds no <set>__Bearing<n>_<n>.features.csv; give the directory that does`);
}

const percent = (left: number | null): string => (left === null ? "never" : `${left} %`);
