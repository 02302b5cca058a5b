import assert from "node:assert/strict";
import { test } from "node:test";
import { type RunningRule, type RunningState, runningStep } from "./running-gate.ts";

const rule: RunningRule = {
  uses: [
    { name: "speed", index: 1 },
    { name: "load", index: 0 },
  ],
  evaluate: ({ speed = 0, load = 0 }) => Number(speed > 100 && load > 1),
  settleMs: 3_000,
  gapMs: 4_000,
};

/** What is said of rows one second apart: r(unning), s(topped), b(ad), `.`: no row. */
function said(rows: string, its = rule): string {
  const row = { r: [2, 200], s: [2, 0], b: [2, Number.NaN] };
  let state: RunningState | undefined;
  return [...rows]
    .map((kind, n) => {
      if (kind === ".") return ".";
      state = runningStep(state, { values: Float64Array.from(row[kind as keyof typeof row]), atMs: 1_000 * n }, its);
      return { running: "R", settling: "-", stopped: "S", unknown: "?" }[state.now];
    })
    .join("");
}

test("after a start, and when it is first heard, it settles; a stop begins anew", () => {
  assert.equal(said("rrrrr"), "---RR");
  assert.equal(said("srrrrsrrrr"), "S---RS---R");
  assert.equal(said("srrs", { ...rule, settleMs: 0 }), "SRRS");
});

test("a bad point is never running; after a short doubt or silence it goes on, after a long one it settles anew", () => {
  assert.equal(said("rrrrbbrr"), "---R??RR");
  assert.equal(said("rrrrbbbbrrrr"), "---R????---R");
  assert.equal(said("rrrr..rr"), "---R..RR");
  assert.equal(said("rrrr....rrrr"), "---R....---R");
  assert.equal(said("bsbrrrr"), "?S?---R");
});

test("rows further apart than the settling time still count as one run", () => {
  assert.equal(said("r...r...r...r", { ...rule, gapMs: 16_000 }), "-...R...R...R");
});
