import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { seeded } from "../registers/test-support/seeded.ts";
import { Timetable } from "./timetable.ts";

test("stays on its grid without drift, however late the calls come; skipped and done together are all", () => {
  const { seed } = seeded("timetable");
  const entries = fc.array(fc.record({ everyMs: fc.integer({ min: 1, max: 5_000 }), phaseMs: fc.integer({ min: 0, max: 1_000 }) }), {
    minLength: 1,
    maxLength: 12,
  });
  fc.assert(
    fc.property(entries, fc.array(fc.integer({ min: 0, max: 3_000 }), { maxLength: 60 }), (table, steps) => {
      const startMs = 1_000;
      const timetable = new Timetable(table, startMs);
      const seen = table.map(() => 0);
      let nowMs = startMs;
      for (const step of steps) {
        nowMs += step;
        const due = timetable.takeDue(nowMs);
        assert.equal(new Set(due.map(({ index }) => index)).size, due.length, "each at most once");
        for (const { index, dueMs, skipped } of due) {
          const { everyMs, phaseMs } = table[index] as (typeof table)[number];
          assert.equal((dueMs - startMs - phaseMs) % everyMs, 0);
          assert.ok(dueMs <= nowMs && dueMs > nowMs - everyMs);
          seen[index] = (seen[index] as number) + 1 + skipped;
        }
        for (const [i, { everyMs, phaseMs }] of table.entries()) {
          assert.equal(seen[i], Math.max(0, Math.floor((nowMs - startMs - phaseMs) / everyMs) + 1), "none forgotten, none twice");
        }
        assert.ok(timetable.nextDueMs > nowMs);
      }
    }),
    { seed },
  );
});

test("an empty timetable is never due", () => {
  const timetable = new Timetable([], 0);
  assert.equal(timetable.nextDueMs, Number.POSITIVE_INFINITY);
  assert.deepEqual(timetable.takeDue(1e12), []);
});

test("a year of machine time between two calls is one run", () => {
  assert.deepEqual(new Timetable([{ everyMs: 10 }], 0).takeDue(31_536_000_000), [
    { index: 0, dueMs: 31_536_000_000, skipped: 3_153_600_000 },
  ]);
});
