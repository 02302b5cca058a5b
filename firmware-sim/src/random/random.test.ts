import assert from "node:assert/strict";
import { test } from "node:test";
import { createRandom, normal, wholeBetween } from "./random.ts";

const many = <T>(draw: () => T, count = 20_000): T[] => Array.from({ length: count }, draw);
const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;

test("the same seed gives the same numbers, another seed others", () => {
  const of = (seed: string): number[] => many(createRandom(seed), 5);
  assert.deepEqual(of("7"), of("7"));
  assert.notDeepEqual(of("7"), of("8"));
  assert.notDeepEqual(of("1/P-101"), of("1/P-102"));
});

test("uniform numbers fill [0, 1) evenly, and neighbours do not know each other", () => {
  const values = many(createRandom("uniform"));
  assert.ok(values.every((value) => value >= 0 && value < 1));
  const tenths = Array.from({ length: 10 }, (_, i) => values.filter((value) => Math.floor(value * 10) === i).length);
  assert.ok(
    tenths.every((count) => Math.abs(count - 2000) < 200),
    tenths.join(),
  );
  assert.ok(Math.abs(mean(values.slice(1).map((value, i) => (value - 0.5) * ((values[i] as number) - 0.5)))) < 0.003);
});

test("normal numbers have mean 0 and spread 1", () => {
  const random = createRandom("normal");
  const values = many(() => normal(random));
  assert.ok(Math.abs(mean(values)) < 0.03);
  assert.ok(Math.abs(mean(values.map((value) => value * value)) - 1) < 0.05);
});

test("whole numbers reach both ends", () => {
  const random = createRandom("whole");
  assert.deepEqual([...new Set(many(() => wholeBetween(random, 3, 6)))].toSorted(), [3, 4, 5, 6]);
});
