import assert from "node:assert/strict";
import { test } from "node:test";
import { seededRandom } from "../features/seeded-random.ts";
import { learnCriticalGrowth, usualCriticalGrowth, WearStage, type WearStageVerdict } from "./wear-stage.ts";

/** A life of `snapshots` of two bands with 10 % of noise; `growth` of the level at each snapshot, against a quiet band of 1 and one of 50. */
function judged(snapshots: number, growth: (at: number) => number, seed = 1): WearStageVerdict[] {
  const random = seededRandom(seed);
  const stage = new WearStage();
  const noise = () => 0.9 + 0.2 * random();
  return Array.from({ length: snapshots }, (_, at) => stage.push([growth(at) * noise(), 50 * growth(at) * noise()]));
}

test("a quiet bearing stays normal, a third more is a warning, twice as much critical within seven snapshots; gain does not matter", () => {
  assert.ok(judged(600, () => 1).every(({ stage }) => stage === "normal"));
  assert.deepEqual([...new Set(judged(600, (at) => (at < 300 ? 1 : 1.35)).map(({ stage }) => stage))], ["normal", "warning"]);
  const first = judged(600, (at) => (at < 300 ? 1 : 2)).findIndex(({ stage }) => stage === "critical");
  assert.ok(first > 300 && first <= 307, `${first}`);
});

test("two loud snapshots are no alarm, and a loud beginning is not taken for quiet", () => {
  assert.ok(judged(600, (at) => (at === 300 || at === 301 ? 20 : 1)).every(({ stage }) => stage === "normal"));
  const first = judged(900, (at) => (at < 200 || at >= 700 ? 2 : 1)).findIndex(({ stage }) => stage === "critical");
  assert.ok(first > 700 && first <= 707, `${first}`);
});

test("a bad snapshot has no growth and leaves the stage as it was", () => {
  const stage = new WearStage();
  for (let at = 0; at < 300; at += 1) stage.push([at < 200 ? 1 : 3, at < 200 ? 5 : 15]);
  assert.deepEqual(stage.push([Number.NaN, 15]), { growth: null, stage: "critical" });
  assert.deepEqual(stage.push([0, 15]), { growth: null, stage: "critical" });
});

test("the limit learned is the middle of those that call every life critical in time", () => {
  const life = (plateau: number): number[] => Array.from({ length: 1000 }, (_, at) => (at < 400 ? 1 : at < 900 ? plateau : 3));
  assert.equal(learnCriticalGrowth([]), usualCriticalGrowth);
  const limit = learnCriticalGrowth([life(1.3), life(1.5)]);
  assert.ok(Math.abs(limit - Math.sqrt(1.5 * 3)) < 0.05, `${limit}`);
});
