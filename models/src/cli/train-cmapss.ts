// `train cmapss`: one signed prognosis bundle for each train_FDnnn.txt of a directory, in a folder of its name.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { Fault } from "@millwright/kit/fault";
import { cmapssSets, readCmapss } from "../evaluation/evaluate-cmapss.ts";
import { parseCmapssFile } from "../evaluation/parse-cmapss-file.ts";
import { buildPrognosisBundle } from "../onnx/build-prognosis-bundle.ts";
import { sha256, trainingDataHash } from "../onnx/hashes.ts";
import { signBundle } from "../onnx/sign-bundle.ts";
import type { SigningKey } from "../onnx/signing-key.ts";
import { writeBundle } from "../onnx/write-bundle.ts";
import { learnPrognosis } from "../prognosis/learn-prognosis.ts";
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
    const bundle = buildPrognosisBundle({
      prognosis: learnPrognosis(units, { horizons: prognosisSettings.horizonsCycles, seed, onStep }),
      id: `turbofan-${set.toLowerCase()}`,
      version: 1,
      createdAt,
      seed,
      rows: { units: units.length, learned: rows.length },
      settings: numbered("setting", 3),
      points: numbered("sensor", 21),
      trainingDataSha256: trainingDataHash(rows),
    });
    await writeBundle(join(out, set), bundle);
    await signBundle(join(out, set), key);
    models[set] = bundle.manifest.model_sha256;
  }
  return { hash: sha256(JSON.stringify(models)), models };
}

const numbered = (word: string, count: number): string[] => Array.from({ length: count }, (_, i) => `${word}_${i + 1}`);
