import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { cycleFeatures } from "./cycle-features.ts";

const near = (a: number, b: number) => assert.ok(Math.abs(a - b) < 1e-6 * (1 + Math.abs(b)), `${a} is not ${b}`);

test("means and spreads of the whole and of ten parts, then quantiles; of 600 values also 120 means", () => {
  const ramp = Float64Array.from({ length: 60 }, (_, i) => i);
  const features = cycleFeatures(ramp);
  assert.equal(features.length, 30);
  assert.deepEqual([features[0], features[2], features[20]], [29.5, 2.5, 56.5]);
  near(features[3] as number, Math.sqrt(35 / 12));
  near(features[22] as number, 14.75);
  near(features[29] as number, 57.82);
  const fine = cycleFeatures(Float64Array.from({ length: 600 }, (_, i) => i));
  assert.equal(fine.length, 150);
  assert.deepEqual([fine[30], fine[149]], [2, 597]);
});

test("scale and offset pass through: means and quantiles follow both, spreads the scale", () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: -9, max: 9, noNaN: true }), { minLength: 10, maxLength: 90 }), (values) => {
      const plain = cycleFeatures(Float64Array.from(values));
      const moved = cycleFeatures(Float64Array.from(values, (value) => 4 * value + 100));
      for (const [i, value] of plain.entries()) near(moved[i] as number, 4 * value + (i < 22 && i % 2 === 1 ? 0 : 100));
    }),
  );
});

test("a load that fails to come on for a fifth of the cycle leaves the upper quantiles where they were", () => {
  const usual = Float64Array.from({ length: 60 }, (_, i) => 7 + (i % 5) / 50);
  const missing = usual.map((value, i) => (i >= 20 && i < 32 ? 1 : value));
  for (const place of [25, 26, 27, 28, 29])
    assert.ok(Math.abs((cycleFeatures(usual)[place] as number) - (cycleFeatures(missing)[place] as number)) < 0.03);
});
