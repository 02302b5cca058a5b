import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { CycleStream, type CycleStreamSnapshot, cycleFeatureCount, cycleFeatureKinds } from "./cycle-stream.ts";

const figure = (features: Float32Array, kind: string): number => features[cycleFeatureKinds.indexOf(kind)] as number;

test("on a straight line the slope of the life is the line's, its mean the middle, and the shift measured from the first ten cycles", () => {
  const stream = new CycleStream(1);
  let features = new Float32Array();
  for (let cycle = 1; cycle <= 50; cycle += 1) features = stream.push([2 * cycle]) as Float32Array<ArrayBuffer>;
  assert.equal(features.length, cycleFeatureCount(1));
  assert.ok(Math.abs(figure(features, "life_slope") - 2) < 1e-6);
  assert.ok(Math.abs(figure(features, "life_mean") - 51) < 1e-5);
  assert.ok(Math.abs(figure(features, "mean_10") - 91) < 1e-5);
  assert.ok(Math.abs(figure(features, "slope_10") - 10) < 1e-5);
  assert.ok(Math.abs(figure(features, "shift") - (figure(features, "ewma") - 11)) < 1e-4);
  assert.equal(features.at(-1), 50);
});

test("goes on from a snapshot that went through JSON as if nothing had happened, and keeps at most a hundred rows", () => {
  const value = fc.double({ min: -10, max: 10, noNaN: true });
  fc.assert(
    fc.property(fc.array(fc.tuple(value, value), { minLength: 1, maxLength: 130 }), fc.nat(130), (rows, cut) => {
      const whole = new CycleStream(2);
      const expected = rows.map((row) => whole.push(row));
      let stream = new CycleStream(2);
      const found = rows.map((row, i) => {
        if (i === cut) stream = new CycleStream(2, JSON.parse(JSON.stringify(stream.state)) as CycleStreamSnapshot);
        return stream.push(row);
      });
      assert.deepEqual(found, expected);
      assert.ok(stream.state.recent.length <= 100);
    }),
    { numRuns: 20 },
  );
});
