import assert from "node:assert/strict";
import { test } from "node:test";
import { whenToOpenMs } from "./when-to-open.ts";

const rule = { quietMs: 2_000, restMs: 60_000, maxWaiting: 32 };

/** @param addedMs when detectors are added, ascending @returns when a stack was opened */
function openings(addedMs: readonly number[]): number[] {
  const opened: number[] = [];
  let [due, waitingSinceMs, waiting]: [number, number | null, number] = [Number.POSITIVE_INFINITY, null, 0];
  const open = (): void => {
    opened.push(due);
    [due, waitingSinceMs, waiting] = [Number.POSITIVE_INFINITY, null, 0];
  };
  for (const nowMs of addedMs) {
    if (due <= nowMs) open();
    waitingSinceMs ??= nowMs;
    waiting += 1;
    due = whenToOpenMs({ nowMs, waiting, waitingSinceMs, lastOpenedMs: opened.at(-1) ?? null }, rule);
  }
  open();
  return opened;
}

const every = (ms: number, count: number): number[] => Array.from({ length: count }, (_, n) => ms * n);

test("500 machines that finish learning within a minute are 16 openings; 30 are one", () => {
  assert.equal(openings(every(120, 500)).length, 16);
  assert.equal(openings(every(1_900, 30)).length, 1);
});

test("one every three seconds is one opening a minute, and none waits longer than that", () => {
  const added = every(3_000, 500);
  const opened = openings(added);
  assert.ok(opened.length <= 26, `${opened.length}`);
  for (const [n, at] of opened.entries()) if (n > 0) assert.ok(at - (opened[n - 1] as number) >= rule.restMs);
  for (const at of added)
    assert.ok(
      opened.some((opening) => opening >= at && opening - at <= rule.restMs + rule.quietMs),
      `${at}`,
    );
});

test("one that learns again, long after the last, waits for quiet only", () => {
  assert.deepEqual(openings([0, 500, 1_000_000]), [2_500, 1_002_000]);
});
