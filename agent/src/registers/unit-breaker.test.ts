import assert from "node:assert/strict";
import { test } from "node:test";
import { type BreakerState, breakerAdmits, breakerNew, breakerStep, breakerUp } from "./unit-breaker.ts";

const rules = { failuresToOpen: 3, probeEveryMs: 1_000 };

test("three silences open it, a probe a second is let through, one answer closes it", () => {
  let state: BreakerState = breakerUp;
  for (const nowMs of [0, 1, 2]) {
    assert.equal(breakerAdmits(state, nowMs), nowMs === 0 ? "ask" : "probe", "no retries for a unit that was silent last time");
    state = breakerStep(state, false, nowMs, rules);
  }
  assert.equal(breakerAdmits(state, 900), "refuse");
  assert.equal(breakerAdmits(state, 1_002), "probe");
  state = breakerStep(state, false, 1_002, rules);
  assert.equal(breakerAdmits(state, 2_001), "refuse");
  state = breakerStep(state, true, 2_002, rules);
  assert.deepEqual(state, breakerUp);
});

test("an answer in between starts the count again", () => {
  let state: BreakerState = breakerUp;
  for (const isAnswered of [false, false, true, false, false]) state = breakerStep(state, isAnswered, 0, rules);
  assert.notEqual(breakerAdmits(state, 0), "refuse");
});

test("a unit that never answered is left alone after its first silence, and is like any other once it answered", () => {
  assert.equal(breakerAdmits(breakerNew, 0), "ask");
  const down = breakerStep(breakerNew, false, 0, rules);
  assert.equal(breakerAdmits(down, 999), "refuse");
  assert.equal(breakerAdmits(breakerStep(down, false, 1_000, rules), 1_999), "refuse");
  assert.deepEqual(breakerStep(down, true, 1_000, rules), breakerUp);
});
