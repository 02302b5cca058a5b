import assert from "node:assert/strict";
import { test } from "node:test";
import { initialLimits, type LimitRule, limitsStep } from "./absolute-limits.ts";

const rules: LimitRule[] = [{ point: "t", warnHigh: 80, criticalHigh: 95, warnLow: 5, hysteresis: 2, persistenceRows: 2 }];
const levels = (values: readonly number[]) => {
  let state = initialLimits;
  return values.map((value) => {
    const step = limitsStep(state, { values: Float64Array.of(value), points: ["t"], rules });
    state = step.state;
    return step.output.level;
  });
};

test("a limit speaks after its persistence and falls silent as long after, beyond the hysteresis", () => {
  assert.deepEqual(levels([81, 70, 81, 81, 79, 79, 77, 77]), [
    "normal",
    "normal",
    "normal",
    "warning",
    "warning",
    "warning",
    "warning",
    "normal",
  ]);
});

test("critical comes before warning, and low limits count too", () => {
  assert.deepEqual(levels([99, 99]), ["normal", "critical"]);
  assert.deepEqual(levels([4, 4]), ["normal", "warning"]);
});

test("a bad value leaves a limit as it was; a point that is not there is never beyond a limit", () => {
  assert.deepEqual(levels([81, Number.NaN, 81, Number.NaN]), ["normal", "normal", "warning", "warning"]);
  const { output } = limitsStep(initialLimits, { values: Float64Array.of(1), points: ["x"], rules });
  assert.deepEqual(output, { layer: "limits", level: "normal", crossings: [] });
});
