import assert from "node:assert/strict";
import { test } from "node:test";
import { seededRandom } from "../features/seeded-random.ts";
import { wearDirections } from "./wear-directions.ts";
import { learnWearIndices, type WearRow, wearIndex } from "./wear-index.ts";

/**
 * Machines that fail in two ways, of four points: even ones move the first, odd ones the second, at the end by 12 of their noise; in condition 1, which is
 * a quarter of all rows, downwards. Condition 2, which is rare, is as condition 0. The third point is noise, the fourth never moves.
 */
function machines(units: number, seed: number): WearRow[][] {
  const random = seededRandom(seed);
  const noise = (): number => 2 * (random() + random() + random() - 1.5);
  return Array.from({ length: units }, (_, unit) => {
    const cycles = 90 + Math.floor(60 * random());
    return Array.from({ length: cycles }, (_, cycle) => {
      const condition = random() < 0.001 ? 2 : Number(random() < 0.25);
      const wear = (condition === 1 ? -12 : 12) * Math.exp(-(cycles - cycle) / 30);
      return { condition, values: [(1 - (unit % 2)) * wear + noise(), (unit % 2) * wear + noise(), noise(), 0] };
    });
  });
}

const one = (units: WearRow[][]): number[][][] =>
  units.map((rows) => rows.filter(({ condition }) => condition !== 1).map(({ values }) => [...values]));

test("two ways to fail are two directions, and no third; a point that never moves has no part in them", () => {
  const directions = wearDirections(one(machines(40, 1)));
  assert.equal(directions.length, 2);
  // Whatever their order and sign, together they span the first two points.
  for (const [first, second, noise, still] of directions as [number, number, number, number][]) {
    assert.ok(Math.hypot(first, second) > 10 * Math.abs(noise), `${first} ${second} ${noise}`);
    assert.equal(still, 0);
  }
  assert.deepEqual(wearDirections(one(machines(40, 1)).map((rows) => rows.map((row) => row.map(() => 0)))), []);
});

test("in each condition an index says the same of a worn machine, also where rows are few", () => {
  const [, , , life] = learnWearIndices(machines(40, 1)) as [number[], number[], number[], number[]];
  for (const condition of [0, 1, 2]) {
    const wear = condition === 1 ? -8 : 8;
    for (const values of [
      [wear, 0, 0, 0],
      [0, wear, 0, 0],
    ]) {
      const told = wearIndex({ values, condition }, life);
      assert.ok(told < -15, `condition ${condition}, ${values}: ${told} cycles`);
    }
    assert.ok(Math.abs(wearIndex({ values: [0, 0, 1, 1], condition }, life)) < 3);
  }
});

test("weights that are common to all conditions have one figure a point", () => {
  assert.equal(wearIndex({ values: [1, 2], condition: 1 }, [3, 4]), 11);
  assert.equal(wearIndex({ values: [1, 2], condition: 1 }, [0, 0, 5, 6]), 17);
});
