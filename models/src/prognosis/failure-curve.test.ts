// P(fail within h): monotone in h, exact at the horizons that were trained, consistent with the interval, and silent where nothing is known.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { failureCurve, type LifeFigures } from "./failure-curve.ts";

const figures: LifeFigures = { low: 21, middle: 34, high: 52, quantiles: [0.05, 0.95], cap: 125, trained: [{ within: 30, p: 0.3 }] };

test("exact at the trained horizon, at the interval's ends and in its middle; a straight line between", () => {
  const within = failureCurve(figures);
  assert.deepEqual(within(30), { p: 0.3, isTrained: true });
  assert.deepEqual(within(21), { p: 0.05, isTrained: false });
  assert.deepEqual(within(34), { p: 0.5, isTrained: false });
  assert.deepEqual(within(52), { p: 0.95, isTrained: false });
  assert.ok(Math.abs((within(32)?.p ?? 0) - 0.4) < 1e-12);
  assert.deepEqual(within(400), { p: 0.95, isTrained: false }, "at least so much");
});

test("an interval that contradicts the trained probability gives way to it", () => {
  const within = failureCurve({ ...figures, trained: [{ within: 30, p: 0.62 }] });
  assert.deepEqual([within(30)?.p, within(34)?.p], [0.62, 0.62]);
  assert.ok((within(25)?.p ?? 1) < 0.62);
});

test("an interval up to the cap says nothing of what lies beyond its lower end and the trained horizons", () => {
  const within = failureCurve({ ...figures, low: 60, middle: 110, high: 125, trained: [{ within: 30, p: 0.01 }] });
  assert.equal(within(61), null);
  assert.ok(Math.abs((within(45)?.p ?? 0) - 0.03) < 1e-12);
});

test("a machine at its end fails in the next cycle, not in the 30th", () => {
  const within = failureCurve({ ...figures, low: 0, middle: 0, high: 2, trained: [{ within: 30, p: 0.99 }] });
  assert.ok((within(1)?.p ?? 0) >= 0.5);
});

test("property: monotone, within 0 and 1, exact at rising trained horizons", () => {
  const share = fc.double({ min: 0, max: 1, noNaN: true });
  const life = fc.double({ min: 0, max: 125, noNaN: true });
  const trained = fc.uniqueArray(fc.integer({ min: 1, max: 200 }), { maxLength: 3 });
  fc.assert(
    fc.property(fc.tuple(life, life, life), trained, fc.array(share, { minLength: 3, maxLength: 3 }), (lives, horizons, shares) => {
      const [low = 0, middle = 0, high = 0] = lives.toSorted((a, b) => a - b);
      const ps = shares.toSorted((a, b) => a - b);
      const forecasts = horizons.toSorted((a, b) => a - b).map((within, n) => ({ within, p: ps[n] as number }));
      const within = failureCurve({ low, middle, high, quantiles: [0.05, 0.95], cap: 125, trained: forecasts });
      for (const { within: at, p } of forecasts) assert.equal(within(at)?.p, p);
      let before = 0;
      for (let h = 0.25; h < 260; h += 0.25) {
        const p = within(h)?.p ?? before;
        assert.ok(p >= before && p <= 1, `P(${h}) is ${p} after ${before}`);
        before = p;
      }
    }),
  );
});
