import assert from "node:assert/strict";
import { performance } from "node:perf_hooks";
import { test } from "node:test";
import { deadlineSet, type Expiring, forgetDeadlines, keepDeadlines } from "./deadlines.ts";

type Movable = Expiring & { dueMs: number };

test("each deadline is kept, not before its time, also one that is set later or anew; none that was forgotten or met", async () => {
  const told: string[] = [];
  const all = Promise.withResolvers<void>();
  const expiring = (name: string, inMs: number, onExpire: (one: Movable) => void = () => {}): Movable => {
    const one = {
      dueMs: performance.now() + inMs,
      expire(nowMs: number): void {
        assert.ok(nowMs >= one.dueMs);
        one.dueMs = Number.POSITIVE_INFINITY;
        told.push(name);
        onExpire(one);
        if (told.length === 4) all.resolve();
      },
    };
    keepDeadlines(one);
    deadlineSet(one);
    return one;
  };
  const setAnew = (one: Movable): void => {
    if (told.filter((name) => name === "twice").length > 1) return;
    one.dueMs = performance.now() + 2;
    deadlineSet(one);
  };
  const kept = [expiring("last", 40), expiring("earlier", 20), expiring("twice", 10, setAnew)];
  forgetDeadlines(expiring("forgotten", 5));
  // Answered in time: the timer rings for nothing.
  const met = expiring("met", 1);
  met.dueMs = Number.POSITIVE_INFINITY;
  await all.promise;
  assert.deepEqual(told.sort(), ["earlier", "last", "twice", "twice"]);
  for (const one of [...kept, met]) forgetDeadlines(one);
});
