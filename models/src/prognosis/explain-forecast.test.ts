import assert from "node:assert/strict";
import { test } from "node:test";
import { syntheticWear } from "../evaluation/synthetic-wear.ts";
import { explainForecast, type ForecastReason } from "./explain-forecast.ts";
import { learnPrognosis, unitFeatures } from "./learn-prognosis.ts";
import { predictRow } from "./tree-ensemble.ts";

const prognosis = learnPrognosis(syntheticWear({ units: 25, seed: 1 }), { horizons: [10, 30], seed: 1 });
const features = { ...prognosis.features, points: ["rising", "falling", "noise"] };
const rows = unitFeatures(syntheticWear({ units: 1, seed: 9 })[0] ?? [], prognosis.features);
const total = ({ expected, age, signals }: ForecastReason): number =>
  signals.reduce((sum, { contribution }) => sum + contribution, expected + age);

test("expected value, age and signals make the forecast of every ensemble", () => {
  for (const row of [rows[0], rows.at(-20), rows.at(-1)] as Float32Array[]) {
    const { life, fails } = explainForecast({ trees: prognosis, features, row });
    assert.ok(Math.abs(total(life) - predictRow(prognosis.life, row)) < 1e-3);
    for (const [i, reason] of fails.entries()) {
      assert.equal(reason.withinCycles, prognosis.fails[i]?.withinCycles);
      assert.ok(Math.abs(total(reason) - predictRow(prognosis.fails[i]?.ensemble as typeof prognosis.life, row)) < 1e-3);
    }
  }
});

test("near the end the points that wear moves shorten the life and make failure likelier; noise hardly speaks", () => {
  const { life, fails } = explainForecast({ trees: prognosis, features, row: rows.at(-1) as Float32Array });
  const [rising, falling, noise] = life.signals.map(({ contribution }) => contribution) as [number, number, number];
  assert.ok(rising < -5 && falling < -5, `${rising} ${falling}`);
  assert.ok(Math.abs(noise) < 0.25 * Math.abs(rising + falling), `${noise}`);
  for (const { signals } of fails) assert.ok((signals[0]?.contribution as number) > 0 && (signals[1]?.contribution as number) > 0);
});
