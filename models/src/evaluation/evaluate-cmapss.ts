// NASA's turbofans: learned from the train units, judged by the last row of each test unit where RUL_FDnnn.txt lies in the directory;
// where it does not, cross-validated over train units cut at random points. Settings are constants; nothing is tuned on what is judged.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { Fault } from "@millwright/kit/fault";
import { seededRandom } from "../features/seeded-random.ts";
import { forecast, learnPrognosis, type Prognosis, unitFeatures } from "../prognosis/learn-prognosis.ts";
import { prognosisSettings } from "../settings.ts";
import { readDataFile } from "./data-file.ts";
import { type EngineUnit, parseCmapssFile, parseRemainingLife } from "./parse-cmapss-file.ts";
import { type JudgedLife, type PrognosisFigures, prognosisFigures } from "./prognosis-figures.ts";

type Figures = { readonly [K in keyof PrognosisFigures]: PrognosisFigures[K] | null };
export type CmapssReport = Record<string, Figures & { readonly cross_validated: PrognosisFigures | null }>;
export type CmapssRow = JudgedLife & { readonly set: string; readonly protocol: "test" | "cross_validated" };

export const cmapssSets = ["FD001", "FD002", "FD003", "FD004"] as const;
const seed = 1;
const outerFolds = 2;
const cutsPerUnit = 5;
/** A unit is not cut before this cycle: no test unit of the set is shorter than 19. */
const firstCut = 20;
const [horizon] = prognosisSettings.horizonsCycles;

/** @throws Fault data_missing, recording_malformed */
export function evaluateCmapss(dir: string, onProgress: (line: string) => void): { report: CmapssReport; rows: CmapssRow[] } {
  const sets = cmapssSets.filter((set) => existsSync(join(dir, `train_${set}.txt`)));
  if (sets.length === 0)
    throw new Fault(
      "data_missing",
      "config",
      `${dir} holds no train_FD001.txt … train_FD004.txt; give the directory that does with --data`,
    );
  const report: CmapssReport = {};
  const rows: CmapssRow[] = [];
  for (const set of sets) {
    const train = parseCmapssFile(readCmapss(dir, `train_${set}.txt`), join(dir, `train_${set}.txt`));
    const say = (line: string): void => onProgress(`${set}: ${line}`);
    const isLabelled = hasTestLabels(dir, set);
    const judged = isLabelled ? judgeTest(dir, set, learn(train, say)) : crossValidate(train, say);
    const figures = cmapssFigures(judged);
    report[set] = isLabelled ? { ...figures, cross_validated: null } : { ...nothing, cross_validated: figures };
    for (const row of judged) rows.push({ ...row, set, protocol: isLabelled ? "test" : "cross_validated" });
  }
  return { report, rows };
}

const nothing: Figures = {
  units: null,
  rmse_capped: null,
  rmse_raw: null,
  score: null,
  coverage_90: null,
  mean_width: null,
  p_fail: null,
  rival_mean_life: null,
};

/** @throws Fault data_missing */
export const readCmapss = (dir: string, file: string): string => readDataFile(join(dir, file), "give its directory with --data");

/** Whether the official test of a set can be judged: its units and what was left of them. */
export const hasTestLabels = (dir: string, set: string): boolean =>
  existsSync(join(dir, `RUL_${set}.txt`)) && existsSync(join(dir, `test_${set}.txt`));

export const cmapssFigures = (rows: readonly JudgedLife[]): PrognosisFigures =>
  prognosisFigures(rows, { cap: prognosisSettings.cap, horizon });

/** The official test: the last row of every test unit. @throws Fault data_missing, recording_malformed */
export function judgeTest(dir: string, set: string, prognosis: Prognosis): JudgedLife[] {
  const test = parseCmapssFile(readCmapss(dir, `test_${set}.txt`), join(dir, `test_${set}.txt`));
  const lives = parseRemainingLife(readCmapss(dir, `RUL_${set}.txt`), join(dir, `RUL_${set}.txt`), test.length);
  return test.map((unit, i) =>
    judge(prognosis, unit, unitFeatures(unit.cycles, prognosis.features), unit.cycles.length, lives[i] as number),
  );
}

/** Held-out units have no part in anything that is learned: conditions, indices, trees, margin. */
function crossValidate(train: readonly EngineUnit[], onStep: (line: string) => void): JudgedLife[] {
  const random = seededRandom(seed);
  return Array.from({ length: outerFolds }, (_, fold) => {
    const prognosis = learn(
      train.filter((_, i) => i % outerFolds !== fold),
      (line) => onStep(`cross-validation ${fold + 1} of ${outerFolds}, ${line}`),
    );
    return train
      .filter((_, i) => i % outerFolds === fold)
      .flatMap((unit) => {
        const features = unitFeatures(unit.cycles, prognosis.features);
        const cuts = Array.from({ length: cutsPerUnit }, () => firstCut + Math.floor(random() * (unit.cycles.length - firstCut)));
        return cuts.map((cut) => judge(prognosis, unit, features, cut, unit.cycles.length - cut));
      });
  }).flat();
}

const learn = (units: readonly EngineUnit[], onStep: (line: string) => void): Prognosis =>
  learnPrognosis(
    units.map(({ cycles }) => cycles),
    { horizons: prognosisSettings.horizonsCycles, seed, onStep },
  );

function judge(prognosis: Prognosis, { unit }: EngineUnit, features: readonly Float32Array[], cycle: number, truth: number): JudgedLife {
  const { fails, ...life } = forecast(prognosis, features[cycle - 1] as Float32Array);
  return { unit, cycle, truth, ...life, pFail: fails[0] as number };
}
