import assert from "node:assert/strict";
import { test } from "node:test";
import type { LifeForecast } from "@millwright/contract/forecast";
import { failureCurve } from "@millwright/models/prognosis/failure-curve";
import { cycleForecast, wearForecast } from "../test-support/records.ts";
import { planWait, type Wait } from "./wait-plan.ts";

const day = 86_400_000;
const plain = (forecast: LifeForecast, wait: Wait): [text: string, basis: string] => {
  const plan = planWait(forecast, wait);
  assert.ok(plan !== null);
  return [plan.text.replaceAll("\u00a0", " "), plan.basis.replaceAll("\u00a0", " ")];
};

test("half load is an eighth of the wear; a load that nobody knows is said, and so is the law that was assumed", () => {
  const [text, basis] = plain(wearForecast(), { duration: 7 * day, load: 0.5 });
  assert.equal(
    text,
    "Risk that it fails within 7 d at 50 % of the load of now: 1 %. At the load of now it would be 34 %. Then about 8 d 3 h of running at the load of now would be left.",
  );
  assert.equal(
    basis,
    "The box does not know this machine's load: the load of now is whatever it carried of late. That wear goes with load^3 holds for ball bearings (ISO 281) and was not measured here: a seal or a belt does not follow it. It is taken to run all the time until then. Uncalibrated: from its own wear alone, confirmed by no failure yet.",
  );
});

test("the exponent its box is told counts, and is named", () => {
  const known = wearForecast({ point: "power", exponent: 1 });
  const [text, basis] = plain(known, { duration: 14 * day, load: 0.5 });
  assert.match(text, /^Risk that it fails within 14 d at 50 % of the load of now: 34 %\. At the load of now it would be 5\d %\./);
  assert.match(basis, /^Its load is power\. Its box is told that wear goes with load\^1\./);
});

test("as now: the horizons that were told; more likely than not; cycles are interpolated", () => {
  const [soon, basis] = plain(cycleForecast, { duration: 30, load: 1 });
  assert.equal(soon, "Risk that it fails within 30 cycles at the load of now: 62 %. It is more likely than not that it fails before.");
  assert.equal(basis, "It is taken to go on as it ran of late. Between the horizons the model was trained for the risk is interpolated.");
  assert.match(plain(cycleForecast, { duration: 10, load: 1 })[0], /: 2 %\. Then about 24 cycles at the load of now would be left\.$/);
});

test("the curve of a bundle comes back from what was told of it", () => {
  const { low, middle, high } = cycleForecast.remaining_life as Extract<LifeForecast["remaining_life"], { status: "available" }>;
  const box = failureCurve({ low, middle, high, quantiles: [0.05, 0.95], cap: 125, trained: [{ within: 30, p: 0.62 }] });
  const horizons = [10, 30, 50].map((within_cycles) => ({
    within_cycles,
    p: box(within_cycles)?.p ?? 0,
    calibration: "interpolated" as const,
  }));
  const told = { ...cycleForecast, p_fail: { status: "available" as const, horizons } };
  for (const duration of [1, 5, 20, 28, 30, 40, 60, 200]) {
    const found = planWait(told, { duration, load: 1 })?.p_fail ?? Number.NaN;
    assert.ok(Math.abs(found - (box(duration)?.p ?? 0)) < 1e-9, `${duration}: ${found}`);
  }
});

test("standing still it does not wear; what the forecast does not tell apart is not told", () => {
  assert.equal(
    plain(wearForecast(), { duration: day, load: 0 })[0],
    "Standing still for 1 d it does not wear: what is said of it now holds when it starts again.",
  );
  const healthy = {
    remaining_life: { ...cycleForecast.remaining_life, low: 96, middle: 124, high: 125 } as LifeForecast["remaining_life"],
    p_fail: { status: "available" as const, horizons: [{ within_cycles: 30, p: 0.002, calibration: "calibrated" as const }] },
  };
  assert.equal(
    plain(healthy, { duration: 120, load: 1 })[0],
    "What happens within 120 cycles at the load of now cannot be told: the forecast does not look so far ahead.",
  );
  assert.match(
    plain(healthy, { duration: 160, load: 0.5 })[0],
    /below 1 %\. At the load of now it cannot be told so far ahead\. Then 104 cycles or more/,
  );
  const none = { status: "unavailable", reason: "warming_up" } as const;
  assert.equal(planWait({ remaining_life: none, p_fail: none }, { duration: 1, load: 1 }), null);
});
