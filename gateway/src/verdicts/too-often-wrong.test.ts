import assert from "node:assert/strict";
import { test } from "node:test";
import { isTooOftenWrong } from "./too-often-wrong.ts";

const isWrong = (faults: number, nothing: number, goal = 0.5): boolean =>
  isTooOftenWrong({ found: faults, something_else: 0, nothing }, goal);

test("with a goal of one half: 5 of 5, 7 of 8 and 9 of 11 with nothing, and one fewer is not enough", () => {
  for (const [faults, nothing] of [
    [0, 5],
    [1, 7],
    [2, 9],
  ] as const)
    assert.deepEqual([isWrong(faults, nothing - 1), isWrong(faults, nothing)], [false, true], `${faults} with a fault`);
  assert.equal(isTooOftenWrong({ found: 1, something_else: 1, nothing: 8 }, 0.5), false);
  assert.equal(isWrong(0, 20, 0.1), false);
  assert.equal(isWrong(0, 57, 0.1), true);
});

test("a model that keeps its goal is called wrong by at most one run in ten, though it is asked after every verdict; a bad one nearly always", () => {
  const seed = 7;
  for (const goal of [0.2, 0.5, 0.8])
    for (const [share, least, most] of [
      [goal, 0, 0.1],
      [0.3 * goal, 0.9, 1],
    ] as const) {
      const random = mulberry(seed);
      const runs = Array.from({ length: 2_000 }, () => isEverCalled(random, share, goal)).filter(Boolean).length / 2_000;
      assert.ok(runs >= least && runs <= most, `seed ${seed}, goal ${goal}, share ${share}: ${runs}`);
    }
});

function isEverCalled(random: () => number, share: number, goal: number): boolean {
  let [faults, nothing] = [0, 0];
  for (let verdict = 0; verdict < 80; verdict += 1) {
    if (random() < share) faults += 1;
    else nothing += 1;
    if (isWrong(faults, nothing, goal)) return true;
  }
  return false;
}

function mulberry(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
