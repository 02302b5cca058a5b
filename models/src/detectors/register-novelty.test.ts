import assert from "node:assert/strict";
import { test } from "node:test";
import { type Novelty, RegisterNovelty } from "./register-novelty.ts";

const periodMs = 300_000;
const rowsADay = 288;
/** A quiet night and a busy day; values repeat within a band of ± 1. */
const usual = (row: number): number => (row % rowsADay < 144 ? 20 : 80) + Math.sin(row * row);
const watch = (values: readonly number[]): (Novelty | null)[] => {
  const detector = new RegisterNovelty({ periodMs });
  return values.map((value, row) => detector.push(row * periodMs, value));
};
const week = Array.from({ length: 8 * rowsADay }, (_, row) => usual(row));
const alarms = (steps: readonly (Novelty | null)[]): number[] => steps.flatMap((step, row) => ((step?.score ?? 0) >= 1 ? [row] : []));

test("a value between two bands is new, though it is inside the range; it speaks once", () => {
  const disturbed = week.map((value, row) => (row >= 2200 && row < 2210 ? 50 : value));
  const steps = watch(disturbed);
  assert.deepEqual(alarms(steps), [2200]);
  assert.equal(steps[2200]?.reason, "value");
  assert.ok((steps[2201]?.novelty ?? 1) < (steps[2200]?.novelty ?? 0));
});

test("a day on which nothing happens is new, though every value of it was seen", () => {
  const silentDay = Array.from({ length: rowsADay }, (_, row) => usual(row % 144));
  const steps = watch([...week, ...silentDay]);
  const [first] = alarms(steps);
  assert.ok(first !== undefined && first >= week.length + 144 && first < week.length + 144 + 24, `${first}`);
  assert.equal(steps[first]?.reason, "time_of_day");
});

test("unit, scale and offset do not matter, and the future does not either", () => {
  const values = week.map((value, row) => Math.round(value + (row === 1500 ? 60 : 0)));
  const scores = (steps: readonly (Novelty | null)[]) => steps.map((step) => [step?.score, step?.reason]);
  assert.deepEqual(scores(watch(values.map((value) => 8 * value + 1024))), scores(watch(values)));
  assert.deepEqual(watch(values.slice(0, 1600)), watch(values).slice(0, 1600));
});

test("from its snapshot it goes on as if there had been no break, wherever that was", () => {
  const disturbed = week.map((value, row) => (row >= 2100 && row < 2110 ? 50 : value));
  const steps = watch(disturbed);
  for (const brokenAt of [0, 1, 149, 700, 2101, 2150]) {
    const before = new RegisterNovelty({ periodMs });
    for (const [row, value] of disturbed.slice(0, brokenAt).entries()) before.push(row * periodMs, value);
    const after = new RegisterNovelty({ periodMs, snapshot: before.snapshot() });
    const rest = disturbed.slice(brokenAt).map((value, i) => after.push((brokenAt + i) * periodMs, value));
    assert.deepEqual(rest, steps.slice(brokenAt), `broken at ${brokenAt}`);
  }
});

test("it says what is usual: the middle of all values, or what it is at this time of day", () => {
  const silentDay = Array.from({ length: rowsADay }, (_, row) => usual(row % 144));
  const steps = watch([...week.map((value, row) => (row === 2000 ? 500 : value)), ...silentDay]);
  const events = steps.flatMap((step) => (step !== null && step.score >= 1 ? [step] : []));
  const [value, time] = [events.find(({ reason }) => reason === "value"), events.find(({ reason }) => reason === "time_of_day")];
  assert.ok(value !== undefined && value.usual > 15 && value.usual < 85, JSON.stringify(value));
  assert.ok(time !== undefined && Math.abs(time.usual - 80) < 3, JSON.stringify(time));
});

test("a bad value is no verdict; a constant, and the first rows, are nothing new", () => {
  assert.deepEqual(watch([Number.NaN, Number.POSITIVE_INFINITY]), [null, null]);
  assert.ok(watch(Array.from({ length: 1000 }, () => 7)).every((step) => step?.score === 0));
  assert.ok(watch(Array.from({ length: 150 }, (_, row) => row ** 2)).every((step) => step?.score === 0));
});
