import assert from "node:assert/strict";
import { test } from "node:test";
import { calibrationError, prognosisFigures } from "./prognosis-figures.ts";

const row = (truth: number, life: number, pFail: number) => ({ unit: 1, cycle: 1, truth, life, low: life - 10, high: life + 10, pFail });

test("a perfect forecast has no error but what the cap leaves in raw lives", () => {
  const figures = prognosisFigures([row(10, 10, 1), row(135, 125, 0)], { cap: 125, horizon: 30 });
  assert.deepEqual(
    [figures.rmse_capped, figures.rmse_raw, figures.score, figures.coverage_90, figures.mean_width, figures.p_fail],
    [0, 7.071, 0, 1, 20, { skill: 1, ece: 0 }],
  );
});

test("late costs more than early; the base rate itself has no skill", () => {
  const score = (life: number) => prognosisFigures([row(50, life, 0.5), row(10, 10, 0.5)], { cap: 125, horizon: 30 }).score;
  assert.ok(score(70) > score(30));
  assert.equal(prognosisFigures([row(50, 50, 0.5), row(10, 10, 0.5)], { cap: 125, horizon: 30 }).p_fail.skill, 0);
  assert.ok(
    Math.abs(
      calibrationError([
        { p: 0.75, truth: 1 },
        { p: 0.75, truth: 0 },
      ]) - 0.25,
    ) < 1e-12,
  );
});
