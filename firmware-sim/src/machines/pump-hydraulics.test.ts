import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { dutyPoint, pump } from "./pump-hydraulics.ts";

const close = (actual: number, expected: number, part: number): void =>
  assert.ok(Math.abs(actual / expected - 1) <= part, `${actual} is not ${expected}`);

test("at rated speed and opening: the rated duty point", () => {
  const { flow, head, shaftKw } = dutyPoint({ rpm: pump.ratedRpm, opening: 1, extraShaftKw: 0 });
  close(flow, 100, 0.001);
  close(head, 32, 0.001);
  close(shaftKw, 11.45, 0.01);
});

test("the duty point lies on both curves", () => {
  fc.assert(
    fc.property(fc.double({ min: 1300, max: 1500, noNaN: true }), fc.double({ min: 0.4, max: 1.3, noNaN: true }), (rpm, opening) => {
      const { flow, head } = dutyPoint({ rpm, opening, extraShaftKw: 0 });
      close(head, pump.staticHead + (pump.pipeLoss / opening ** 2) * flow ** 2, 1e-9);
      close(head, (rpm / pump.ratedRpm) ** 2 * pump.shutOffHead - pump.curveFall * flow ** 2, 1e-9);
    }),
  );
});

// Affinity laws hold between similar points of the pump itself: same flow/speed. The opening that gives that point at the other speed is solved for.
test("affinity: at 0.9 of the speed and 0.9 of the flow, 0.81 of the head and 0.729 of the power", () => {
  const full = dutyPoint({ rpm: pump.ratedRpm, opening: 1, extraShaftKw: 0 });
  const opening = Math.sqrt((pump.pipeLoss * (0.9 * full.flow) ** 2) / (0.81 * full.head - pump.staticHead));
  const slow = dutyPoint({ rpm: 0.9 * pump.ratedRpm, opening, extraShaftKw: 0 });
  close(slow.flow / full.flow, 0.9, 1e-9);
  close(slow.head / full.head, 0.81, 1e-9);
  close(slow.shaftKw / full.shaftKw, 0.729, 1e-9);
});

test("a pump too slow for the static head delivers nothing", () => {
  assert.equal(dutyPoint({ rpm: 600, opening: 1, extraShaftKw: 0 }).flow, 0);
});
