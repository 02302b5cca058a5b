import assert from "node:assert/strict";
import { test } from "node:test";
import type { Running } from "./running-gate.ts";
import { type StateGate, type StateRule, type StatesRule, stateStep } from "./state-gate.ts";

const uses = [
  { name: "load", index: 0 },
  { name: "mode", index: 1 },
];
const full: StateRule = { name: "full", expression: "load > 20", uses: uses.slice(0, 1), evaluate: ({ load = 0 }) => Number(load > 20) };
const idle: StateRule = { name: "idle", expression: "mode == 1", uses: uses.slice(1), evaluate: ({ mode = 0 }) => Number(mode === 1) };
const rule: StatesRule = { states: [full, idle], settleMs: 2_000, gapMs: 4_000 };

const rows = {
  f: [30, 1], // both hold: the first counts
  i: [5, 1],
  n: [5, 0],
  "?": [5, Number.NaN],
  x: [30, Number.NaN], // what stands behind the first that holds is not asked
} as const;

/** What is said of rows one second apart: F(ull), I(dle), a small letter while it settles, N(one), S(topped), ?; `.`: no row, `s`: it stands still. */
function said(text: string, its = rule, running: Running = "running"): string {
  let gate: StateGate | undefined;
  return [...text]
    .map((kind, n) => {
      if (kind === ".") return ".";
      const isStopped = kind === "s";
      const values = Float64Array.from(isStopped ? rows.n : rows[kind as keyof typeof rows]);
      gate = stateStep(gate, { running: isStopped ? "stopped" : running, values, atMs: 1_000 * n }, its);
      const letter = gate.name?.[0] ?? "-";
      return { running: letter.toUpperCase(), settling: letter, stopped: "S", unknown: "?", no_state: "N" }[gate.now];
    })
    .join("");
}

test("the first state that holds counts; after a change, and when it is first heard, it settles; where none holds it is in none", () => {
  assert.equal(said("ffffiiii"), "ffFFiiII");
  assert.equal(said("xxx"), "ffF");
  assert.equal(said("fffnnfff"), "ffFNNffF");
  assert.equal(said("fffsfff"), "ffFSffF");
  assert.equal(said("ffifin", { ...rule, settleMs: 0 }), "FFIFIN");
});

test("a bad point before the first state that holds: nobody knows; after a short doubt or silence it goes on, after a long one it settles anew", () => {
  assert.equal(said("iii??ii"), "iiI??II");
  assert.equal(said("iii?????iii"), "iiI?????iiI");
  assert.equal(said("fff..ff"), "ffF..FF");
  assert.equal(said("fff.....fff"), "ffF.....ffF");
});

test("while the machine settles after its start so does its state; its state counts from when it came", () => {
  assert.equal(said("fff", rule, "settling"), "fff");
  assert.equal(said("f", rule, "unknown"), "?");
});
