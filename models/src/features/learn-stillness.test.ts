import assert from "node:assert/strict";
import { test } from "node:test";
import { learnStillness } from "./learn-stillness.ts";

const learn = (values: readonly number[]) =>
  learnStillness(
    [{ name: "p", unit: "" }],
    values.map((value, i) => ({ atMs: i, values: Float64Array.of(value) })),
  )[0];
const noisy = (rows: number) => Array.from({ length: rows }, (_, i) => Math.sin(i * i));

test("a point that always moves is frozen after 42 equal rows, suspicious after 5", () => {
  const learned = learn(noisy(400));
  assert.deepEqual([learned?.longest_rows, learned?.suspicious_rows, learned?.frozen_rows, learned?.is_monitored], [1, 5, 42, true]);
});

test("a point that stands still for 30 rows now and then may do so", () => {
  const learned = learn(Array.from({ length: 400 }, (_, i) => Math.floor(i / 30)));
  assert.deepEqual([learned?.suspicious_rows, learned?.frozen_rows, learned?.is_monitored], [48, 100, true]);
});

test("a point that froze while learning is left out, with a note, and what was usual is still known", () => {
  const learned = learn([...noisy(200), ...new Array<number>(200).fill(3)]);
  assert.deepEqual([learned?.is_monitored, learned?.frozen_rows], [false, 42]);
  assert.match(learned?.note ?? "", /stood still for 200 rows/);
});

test("of a point that never moved nothing can be said of freezing; of one without values nothing at all", () => {
  assert.deepEqual([learn([7, 7, 7])?.frozen_rows, learn([7, 7, 7])?.is_monitored], [null, true]);
  assert.equal(learn([Number.NaN, Number.NaN])?.is_monitored, false);
});
