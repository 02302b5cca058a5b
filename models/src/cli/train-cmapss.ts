// `train cmapss`: one signed prognosis bundle for each train_FDnnn.txt of a directory, in a folder of its name.
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { MeasuredFigures } from "@millwright/contract/model-manifest";
import { Fault } from "@millwright/kit/fault";
import { cmapssFigures, cmapssSets, hasTestLabels, judgeTest, readCmapss } from "../evaluation/evaluate-cmapss.ts";
import { parseCmapssFile } from "../evaluation/parse-cmapss-file.ts";
import { buildPrognosisBundle } from "../onnx/build-prognosis-bundle.ts";
import { sha256, trainingDataHash } from "../onnx/hashes.ts";
import { signBundle } from "../onnx/sign-bundle.ts";
import type { SigningKey } from "../onnx/signing-key.ts";
import { writeBundle } from "../onnx/write-bundle.ts";
import { learnPrognosis, type Prognosis } from "../prognosis/learn-prognosis.ts";
import { prognosisSettings } from "../settings.ts";
import { newBundleFolder } from "./new-bundle-folder.ts";

type Request = { readonly data: string; readonly out: string; readonly seed: number; readonly createdAt: string; readonly key: SigningKey };

/** @returns `model_sha256` of each set, and `hash` over all of them: the same data and seed give the same. @throws Fault data_missing, recording_malformed */
export async function trainCmapss({ data, out, seed, createdAt, key }: Request): Promise<{ hash: string; models: Record<string, string> }> {
  const sets = cmapssSets.filter((set) => existsSync(join(data, `train_${set}.txt`)));
  if (sets.length === 0)
    throw new Fault(
      "data_missing",
      "config",
      `${data} holds no train_FD001.txt … train_FD004.txt; give the directory that does with --data`,
    );
  for (const set of sets) newBundleFolder(join(out, set));
  const models: Record<string, string> = {};
  for (const set of sets) {
    const file = `train_${set}.txt`;
    const units = parseCmapssFile(readCmapss(data, file), join(data, file)).map(({ cycles }) => cycles);
    const rows = units.flatMap((cycles) =>
      cycles.map(({ settings, values }, i) => ({ atMs: i + 1, values: Float64Array.from([...settings, ...values]) })),
    );
    const onStep = (line: string): void => void process.stderr.write(`${set}: ${line}\n`);
    const prognosis = learnPrognosis(units, { horizons: prognosisSettings.horizonsCycles, seed, onStep });
    const bundle = buildPrognosisBundle({
      prognosis,
      id: `turbofan-${set.toLowerCase()}`,
      version: 1,
      createdAt,
      seed,
      units,
      settings: numbered("setting", 3),
      points: numbered("sensor", 21),
      trainingDataSha256: trainingDataHash(rows),
      measured: hasTestLabels(data, set) ? measuredOn(data, set, prognosis) : null,
    });
    await writeBundle(join(out, set), bundle);
    await signBundle(join(out, set), key);
    models[set] = bundle.manifest.model_sha256;
  }
  return { hash: sha256(JSON.stringify(models)), models };
}

function measuredOn(data: string, set: string, prognosis: Prognosis): MeasuredFigures {
  const { units, rmse_capped, rmse_raw, score, coverage_90, mean_width, p_fail, rival_mean_life } = cmapssFigures(
    judgeTest(data, set, prognosis),
  );
  return {
    protocol: `the last row of each of ${units} units it did not learn from (test_${set}.txt, ends in RUL_${set}.txt); lives in cycles, capped at ${prognosisSettings.cap} except for the raw error; Brier skill against the base rate of those units, calibration error over ten bins of equal width; docs/specs/evaluation.md`,
    figures: {
      units,
      rmse_capped,
      rmse_capped_of_always_the_mean_life: rival_mean_life.rmse_capped,
      rmse_raw,
      score,
      interval_holds: coverage_90,
      interval_mean_width: mean_width,
      p_fail_brier_skill: p_fail.skill,
      p_fail_calibration_error: p_fail.ece,
    },
  };
}

const numbered = (word: string, count: number): string[] => Array.from({ length: count }, (_, i) => `${word}_${i + 1}`);
