import assert from "node:assert/strict";
import { test } from "node:test";
import { seededRandom } from "../features/seeded-random.ts";
import { extrapolateHealth } from "./extrapolate-health.ts";
import { type LoadedPoint, learnLoadExponent, overWearTime, planLife } from "./load-plan.ts";

const life = { within: (time: number): number | null => (time > 200 ? null : time / 200), low: 20, middle: 100, high: 180 };

test("half the load wears an eighth of the time at exponent 3; standing still not at all; unknown stays unknown", () => {
  const half = planLife(life, [{ duration: 80, load: 0.5 }], 3);
  assert.deepEqual([half.wear, half.pFail, half.pFailAtPresentLoad], [10, 0.05, 0.4]);
  assert.deepEqual(half.after, { low: 10, middle: 90, high: 170 });
  assert.equal(planLife(life, [{ duration: 80, load: 0 }], 3).pFail, 0);
  assert.equal(planLife(life, [{ duration: 80, load: 0.5 }], 0).wear, 80, "where load does not matter");
  assert.equal(planLife(life, [{ duration: 50, load: 2 }], 3).pFail, null);
  assert.equal(
    planLife(
      life,
      [
        { duration: 10, load: 1 },
        { duration: 10, load: 0.5 },
      ],
      1,
    ).wear,
    15,
  );
});

/** Wear that goes with the load to an exponent; the load changes every 20 steps. */
function worn(steps: number, exponent: number, noise: number, seed = 7): LoadedPoint[] {
  const random = seededRandom(seed);
  let value = 0;
  let load = 1;
  return Array.from({ length: steps }, (_, at) => {
    if (at % 20 === 0) load = 0.4 + 1.2 * random();
    value += 0.01 * load ** exponent + noise * (random() - 0.5);
    return { at, value, load };
  });
}

test("the exponent is learned from wear that followed the load, and not from wear that did not show it", () => {
  const learned = Array.from({ length: 40 }, (_, n) => learnLoadExponent(worn(400, 3, 0.01, n + 1)));
  const held = learned.filter((one) => one !== null && one.low <= 3 && one.high >= 3).length;
  assert.ok(held >= 34, `${held} of 40 intervals hold the truth`);
  assert.ok(learned.every((one) => one !== null && Math.abs(one.exponent - 3) < 0.6));
  const steady = worn(400, 3, 0.01).map((point) => ({ ...point, load: 1 }));
  assert.equal(learnLoadExponent(steady), null, "the load never moved");
  assert.equal(learnLoadExponent(worn(20, 3, 0)), null, "too few");
  assert.equal(learnLoadExponent(worn(400, 3, 1)), null, "noise hides it");
});

test("over wear time the trend does not bend with the load: the limit is foretold for the load that comes", () => {
  const points = worn(300, 3, 0.005).map((point) => ({ ...point, value: Math.exp(point.value) }));
  const wear = overWearTime(points, 3);
  const limit = (points.at(-1)?.value ?? 1) * Math.exp(0.5);
  const found = extrapolateHealth(wear, limit);
  // 0.5 of logarithm at 0.01 a unit of wear.
  assert.ok(found.status === "trend" && found.low < 50 && found.high > 50, JSON.stringify(found));
});
