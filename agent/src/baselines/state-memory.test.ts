import assert from "node:assert/strict";
import { test } from "node:test";
import { isCalm, newMachineState } from "./machine-state.ts";
import { progressOf, stateNow, withAlarm, withProgress } from "./state-memory.ts";

const fresh = newMachineState({ bootId: "boot-1", pointsKey: "", generation: 1 });
const gate = { now: "running", name: "full", sinceMs: 0, lastMs: 5_000 } as const;

test("a machine without states has one progress, its own; each state of another has one", () => {
  const one = withProgress(fresh, null, { phase: "scoring" });
  assert.deepEqual([one.phase, one.states], ["scoring", undefined]);
  const each = withProgress(withProgress(fresh, "full", { phase: "scoring" }), "idle", { learning: { rows: 3, seen: 4, goodSum: 4 } });
  assert.equal(progressOf(each, "full").phase, "scoring");
  assert.deepEqual(progressOf(each, "idle"), { phase: "learning", learning: { rows: 3, seen: 4, goodSum: 4 } });
  assert.equal(progressOf(each, "half").phase, "learning");
  assert.deepEqual(JSON.parse(JSON.stringify(each)), each);
});

test("states that alarm are noted while the alarm stands, each once; with it they are forgotten", () => {
  const raised = { ...fresh, decision: { ...fresh.decision, isRaised: true } };
  const noted = ["full", "full", "idle"].reduce((state, name) => withAlarm(state, { name, isAlarm: true }), raised);
  assert.deepEqual(noted.states?.alarmed, ["full", "idle"]);
  assert.equal(withAlarm(noted, { name: "half", isAlarm: false }), noted);
  assert.deepEqual(withAlarm({ ...noted, decision: fresh.decision }, { name: "full", isAlarm: true }).states?.alarmed, []);
  assert.equal(withAlarm(fresh, { name: "full", isAlarm: true }), fresh);
});

test("a machine is calm where the state it is in is watched, however many others learn", () => {
  const watched = withProgress(fresh, "full", { phase: "scoring" });
  const inState = (name: string) => ({
    ...watched,
    states: { progress: {}, judged: null, alarmed: [], ...watched.states, gate: { ...gate, name } },
  });
  assert.equal(isCalm(inState("full")), true);
  assert.equal(isCalm(inState("idle")), false);
  assert.equal(stateNow(inState("full")), "full");
  assert.equal(stateNow({ ...watched, states: { progress: {}, judged: null, alarmed: [], gate: { ...gate, now: "no_state" } } }), null);
  assert.equal(stateNow(fresh), null);
});
