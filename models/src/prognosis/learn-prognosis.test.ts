import assert from "node:assert/strict";
import { test } from "node:test";
import { prognosisFigures } from "../evaluation/prognosis-figures.ts";
import { syntheticWear } from "../evaluation/synthetic-wear.ts";
import { prognosisSettings } from "../settings.ts";
import { forecast, learnPrognosis, unitFeatures } from "./learn-prognosis.ts";
import type { TreeEnsemble } from "./tree-ensemble.ts";

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

test("the interval's trees ask for points and common indices; the life's for points and the conditions' indices, its second half for those alone", () => {
  const { live, indices } = prognosis.features;
  const width = live.length + indices.length;
  const own = live.length + prognosisSettings.indexCaps.length;
  const age = prognosis.life.features - 1;
  const places = ({ feature }: Pick<TreeEnsemble, "feature">): Set<number> =>
    new Set([...feature].filter((column) => column >= 0 && column !== age).map((column) => column % width));
  const all = Array.from({ length: width }, (_, place) => place);
  for (const bound of [prognosis.low, prognosis.high]) assert.deepEqual(places(bound), new Set(all.filter((place) => place < own)));
  for (const { roots, feature } of [prognosis.life, ...prognosis.fails.map(({ ensemble }) => ensemble)]) {
    const half = roots[roots.length / 2] as number;
    assert.ok([...places({ feature: feature.slice(0, half) })].every((place) => place < live.length || place >= own));
    assert.ok([...places({ feature: feature.slice(half) })].every((place) => place >= own));
  }
});
