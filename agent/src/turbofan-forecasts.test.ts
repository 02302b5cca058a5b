// Real turbofans through the whole agent, over real HTTP: what it forecasts after each cycle is what the evaluation says of the same cycle. One engine and
// a prognosis of few; with MILLWRIGHT_TURBOFANS=all the whole test of FD001 by the prognosis of all its units, in some minutes.
import assert from "node:assert/strict";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import type { Prediction } from "@millwright/contract/prediction";
import { judgeTest, readCmapss } from "@millwright/models/evaluation/evaluate-cmapss";
import { parseCmapssFile } from "@millwright/models/evaluation/parse-cmapss-file";
import { recordedData } from "@millwright/models/evaluation/recorded-data";
import { buildPrognosisBundle } from "@millwright/models/onnx/build-prognosis-bundle";
import { signBundle } from "@millwright/models/onnx/sign-bundle";
import { newSigningKey, parseSigningKey } from "@millwright/models/onnx/signing-key";
import { writeBundle } from "@millwright/models/onnx/write-bundle";
import { forecast, learnPrognosis, unitFeatures } from "@millwright/models/prognosis/learn-prognosis";
import { engineSensors, engineSettings, runTurbofans } from "./test-support/turbofan-box.ts";

const data = recordedData("cmapss") ?? "";
const missing = ["train_FD001.txt", "test_FD001.txt", "RUL_FD001.txt"].find((file) => !existsSync(join(data, file)));
const skip = missing === undefined ? false : `${missing} is not here`;
const dir = mkdtempSync(join(tmpdir(), "millwright-turbofan-"));
after(() => rmSync(dir, { recursive: true }));

const isWhole = process.env["MILLWRIGHT_TURBOFANS"] === "all";
const teachers = isWhole ? 100 : 6;
/** Of the test units: 123 cycles, 18 before its end. */
const chosen = 41;
/** Cycles, and shares: float32 of the graph against float64 of the evaluation. */
const within = { cycles: 5e-4, p: 1e-5 };

type Figures = readonly [low: number, middle: number, high: number, p: number];

function figuresOf({ remaining_life: life, p_fail: fails }: Prediction): Figures {
  assert.ok(life.status === "available" && fails.status === "available", JSON.stringify(life));
  const [thirty] = fails.horizons;
  assert.ok(thirty?.calibration === "calibrated");
  return [life.low, life.middle, life.high, thirty.p];
}

const isSame = (found: Figures, wanted: Figures): boolean =>
  found.every((figure, n) => Math.abs(figure - (wanted[n] as number)) <= (n < 3 ? within.cycles : within.p));

test("a turbofan's forecasts, cycle by cycle, are those of the evaluation", { skip }, async () => {
  const read = (file: string) => parseCmapssFile(readCmapss(data, file), file);
  const units = read("train_FD001.txt")
    .slice(0, teachers)
    .map(({ cycles }) => cycles);
  const prognosis = learnPrognosis(units, { horizons: [30], seed: 1 });
  const key = parseSigningKey(newSigningKey(), "a test");
  const bundle = join(dir, "bundle");
  await writeBundle(
    bundle,
    buildPrognosisBundle({
      prognosis,
      id: "turbofan-test",
      version: 1,
      createdAt: "2026-01-01T00:00:00.000Z",
      seed: 1,
      units,
      settings: engineSettings,
      points: engineSensors,
      trainingDataSha256: "0".repeat(64),
      measured: null,
    }),
  );
  await signBundle(bundle, key);
  const judged = read("test_FD001.txt").filter(({ unit }) => isWhole || unit === chosen);
  const told = await runTurbofans({ bundle, signer: key.publicKey, units: judged, everyMs: isWhole ? 600 : 40 });
  const official = judgeTest(data, "FD001", prognosis);
  for (const { unit, cycles } of judged) {
    const predictions = told.get(unit) ?? [];
    assert.equal(predictions.length, cycles.length);
    for (const [n, features] of unitFeatures(cycles, prognosis.features).entries()) {
      const found = figuresOf(predictions[n] as Prediction);
      const { low, life, high, fails } = forecast(prognosis, features);
      assert.ok(
        isSame(found, [low, life, high, fails[0] as number]),
        `unit ${unit}, cycle ${n + 1}: ${found} instead of ${low}, ${life}, …`,
      );
    }
    const last = official.find((one) => one.unit === unit);
    assert.ok(last !== undefined && isSame(figuresOf(predictions.at(-1) as Prediction), [last.low, last.life, last.high, last.pFail]));
  }
});
