import assert from "node:assert/strict";
import { test } from "node:test";
import { prognosisFigures } from "../evaluation/prognosis-figures.ts";
import { syntheticWear } from "../evaluation/synthetic-wear.ts";
import { prognosisSettings } from "../settings.ts";
import { forecast, learnPrognosis, unitFeatures } from "./learn-prognosis.ts";

const horizon = 30;
const prognosis = learnPrognosis(syntheticWear({ units: 40, seed: 1 }), { horizons: [horizon], seed: 1 });

test("on units it did not learn from, probabilities of failure are sharp and calibrated, and most lives lie within their interval", () => {
  const rows = syntheticWear({ units: 60, seed: 2 }).flatMap((cycles, unit) =>
    unitFeatures(cycles, prognosis.features).flatMap((row, i) => {
      const { fails, ...life } = forecast(prognosis, row);
      return i < 20 ? [] : [{ unit, cycle: i + 1, truth: cycles.length - 1 - i, ...life, pFail: fails[0] as number }];
    }),
  );
  const { p_fail, coverage_90, rmse_capped, rival_mean_life } = prognosisFigures(rows, { cap: prognosisSettings.cap, horizon });
  assert.ok(p_fail.skill > 0.9 && p_fail.ece < 0.02, JSON.stringify(p_fail));
  assert.ok(coverage_90 > 0.85 && coverage_90 < 0.97, `${coverage_90}`);
  assert.ok(rmse_capped < 0.5 * rival_mean_life.rmse_capped, `${rmse_capped}`);
});
