import assert from "node:assert/strict";
import { test } from "node:test";
import { DayMemory } from "./day-memory.ts";

const hour = 3_600_000;
const memory = (capacity = 1000): DayMemory => new DayMemory({ days: 7, capacity, toleranceMs: 1.5 * hour });

test("the most similar value of the same time on the days before; a later day, a day too old and another hour do not count", () => {
  const days = memory();
  assert.equal(days.difference(0, 5), null);
  for (let at = 0; at < 5 * 24; at += 1) days.add(at * hour, at % 24 === 6 ? 100 + Math.floor(at / 24) : at % 24);
  assert.equal(days.difference((5 * 24 + 6) * hour, 101.25), 0.25);
  assert.equal(days.difference((5 * 24 + 6) * hour, 90), -10);
  assert.equal(days.difference((5 * 24 + 15.4) * hour, 15), 0);
  assert.equal(days.difference((20 * 24 + 6) * hour, 90), null);
});

test("a step back in time forgets everything", () => {
  const days = memory();
  for (let at = 0; at < 48; at += 1) days.add(at * hour, 1);
  days.add(hour, 2);
  assert.equal(days.difference(25 * hour, 2), 0);
  assert.equal(days.difference(47 * hour, 2), null);
});

test("rows that come too fast for its capacity are thinned, and a week is still there", () => {
  const days = memory(800);
  for (let at = 0; at < 9 * 24 * 60; at += 1) days.add(at * 60_000, Math.floor(at / 1440));
  assert.equal(days.difference(9 * 24 * hour, 2), 0);
});

test("from its snapshot it says the same, also after its oldest values have left", () => {
  const days = memory(800);
  for (let at = 0; at < 12 * 24 * 60; at += 7) days.add(at * 60_000, Math.sin(at));
  const again = new DayMemory({ days: 7, capacity: 800, toleranceMs: 1.5 * hour }, days.snapshot());
  assert.equal(days.snapshot().atMs.length, 800);
  for (let at = 12 * 24; at < 15 * 24; at += 1) {
    assert.equal(again.difference(at * hour, 0.3), days.difference(at * hour, 0.3));
    for (const one of [days, again]) one.add(at * hour, at);
  }
});
