import assert from "node:assert/strict";
import { test } from "node:test";
import { initialDecision } from "@millwright/models/decisions/decision-step";
import { isCalm, machineTime, newMachineState, takeIn } from "./machine-state.ts";

const state = {
  ...newMachineState({ bootId: "boot-1", pointsKey: "", generation: 1 }),
  offsetMs: 5_000,
  lastAtMs: 65_000,
  lastWallMs: 1_000_000,
  lastClock: "trusted" as const,
};
const clock = "trusted";

test("within a boot the monotonic clock decides, whatever the time of day does", () => {
  assert.deepEqual(machineTime(state, { bootId: "boot-1", atMonotonicMs: 61_000, atWallMs: 0, clock }, 4_000), {
    offsetMs: 5_000,
    atMs: 66_000,
  });
});

test("over a reboot the machine's time goes on by the time of day, and never back", () => {
  const next = machineTime(state, { bootId: "boot-2", atMonotonicMs: 100, atWallMs: 1_030_000, clock }, 4_000);
  assert.deepEqual(next, { offsetMs: 94_900, atMs: 95_000 });
  assert.equal(
    machineTime({ ...state, ...next, bootId: "boot-2" }, { bootId: "boot-2", atMonotonicMs: 1_100, atWallMs: 0, clock }, 4_000).atMs,
    96_000,
  );
  assert.equal(
    machineTime(state, { bootId: "boot-2", atMonotonicMs: 100, atWallMs: 0, clock }, 4_000).atMs,
    69_000,
    "a clock that was put back counts as a pause",
  );
});

test("a time of day that cannot be trusted, before or after the reboot, counts as a pause and not as 56 years", () => {
  const row = { bootId: "boot-2", atMonotonicMs: 100, atWallMs: Date.UTC(2026, 10, 25), clock } as const;
  assert.equal(machineTime({ ...state, lastClock: "untrusted" }, row, 4_000).atMs, 69_000);
  assert.equal(machineTime({ ...state, lastWallMs: 0 }, { ...row, clock: "untrusted" }, 4_000).atMs, 69_000);
});

test("the whole state is JSON", () => {
  assert.deepEqual(JSON.parse(JSON.stringify(state)), state);
});

test("calm is a machine of which nothing is counted: no alarm, no limit, no zone, no rows to learn, no rows of the device", () => {
  const calm = { ...state, phase: "scoring" as const };
  const counting = { "v/warning/high": { rows: 1, isCrossed: false } };
  assert.ok(isCalm(calm));
  for (const more of [
    { phase: "learning" as const },
    { lastUpdate: 7 },
    { decision: { ...calm.decision, above: 1 } },
    { episode: { ...calm.episode, answered: { limits: "warning" as const } } },
    { limits: counting },
    { zones: { crossed: counting, lastMmS: {} } },
  ])
    assert.equal(isCalm({ ...calm, ...more }), false, JSON.stringify(more));
});

test("a decision that is written in place is this machine's alone", () => {
  const fresh = () => newMachineState({ bootId: "boot-1", pointsKey: "", generation: 1 });
  const [one, other] = [fresh(), fresh()];
  const { decision } = one;
  takeIn(one, { decision: { ...decision, smoothed: 2, isRaised: true }, shownLevel: "watch" });
  assert.equal(one.decision, decision);
  assert.deepEqual([one.decision.smoothed, one.decision.isRaised, one.shownLevel], [2, true, "watch"]);
  assert.deepEqual([other.decision, fresh().decision], [fresh().decision, initialDecision]);
  assert.equal(initialDecision.smoothed, 0);
});
