import assert from "node:assert/strict";
import { test } from "node:test";
import { bearingOrders } from "./bearing-frequencies.ts";

test("the bearing of the IMS tests at 2000 rpm: 236.4 Hz outer race, as published; and what always holds between the four", () => {
  // H. Qiu, J. Lee, J. Lin and G. Yu, J. Sound Vib. 289 (2006): 236.4 Hz.
  const { bpfo, bpfi, bsf, ftf } = bearingOrders({ rollers: 16, rollerMm: 8.407, pitchMm: 71.501, contactDeg: 15.17 });
  const hz = [bpfo, bpfi, bsf, ftf].map((order) => Math.round((order * 20_000) / 60) / 10);
  assert.deepEqual(hz, [236.4, 296.9, 139.9, 14.8]);
  assert.ok(Math.abs(bpfo + bpfi - 16) < 1e-9);
  assert.ok(Math.abs(bpfo - 16 * ftf) < 1e-9);
});

test("a geometry that no bearing has is refused", () => {
  for (const wrong of [{ rollers: 2 }, { rollerMm: 0 }, { pitchMm: 8 }, { contactDeg: 90 }])
    assert.throws(() => bearingOrders({ rollers: 9, rollerMm: 8, pitchMm: 40, contactDeg: 0, ...wrong }), RangeError);
});
