import assert from "node:assert/strict";
import { test } from "node:test";
import { medianSpacingMs, silenceOf } from "./silence.ts";

const heard = { nowMs: 100_000, heardMs: 100_000, hasRows: true, isBoxOnline: true, spacingMs: 1_000 };

test("silent: an offline box at once, an online one after 10 usual spacings, and never before 30 s", () => {
  assert.equal(silenceOf(heard), null);
  assert.equal(silenceOf({ ...heard, isBoxOnline: false }), "box_offline");
  assert.equal(silenceOf({ ...heard, nowMs: 130_000 }), null);
  assert.equal(silenceOf({ ...heard, nowMs: 130_001 }), "no_rows");
  assert.equal(silenceOf({ ...heard, nowMs: 130_001, hasRows: false, spacingMs: null }), "no_rows_yet");
  assert.equal(silenceOf({ ...heard, nowMs: 700_000, spacingMs: 60_000 }), null);
  assert.equal(silenceOf({ ...heard, nowMs: 700_001, spacingMs: 60_000 }), "no_rows");
});

test("the usual spacing is the median: a pause in the middle does not stretch it", () => {
  assert.equal(medianSpacingMs([5_000, 1_000, 2_000, 3_000, 900_000]), 2_000);
  assert.equal(medianSpacingMs([1_000]), null);
});
