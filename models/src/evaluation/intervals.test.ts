import assert from "node:assert/strict";
import { test } from "node:test";
import { poissonRate, wilson } from "./intervals.ts";

const near = (found: number, wanted: number): void => assert.ok(Math.abs(found - wanted) < 2e-3, `${found}, not ${wanted}`);

test("exact Poisson limits, as tables have them (90 %, Garwood)", () => {
  near(poissonRate(0, 1).low, 0);
  near(poissonRate(0, 1).high, 2.996);
  near(poissonRate(3, 1).low, 0.818);
  near(poissonRate(3, 1).high, 7.754);
  near(poissonRate(10, 2).high, 16.962 / 2);
});

test("Wilson: 3 of 3 is no certainty, nothing of nothing may be anything", () => {
  near(wilson(3, 3).low, 0.526);
  near(wilson(3, 3).high, 1);
  near(wilson(6, 9, 0.95).low, 0.354);
  near(wilson(6, 9, 0.95).high, 0.879);
  assert.deepEqual(wilson(0, 0), { low: 0, mid: 0.5, high: 1 });
});
