import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { binOf, emptyCounts, memoryRows, signalReference } from "../detectors/signal-reference.ts";
import { driftOf, falseAlarmShare, type SignalDrift } from "./drift.ts";
import { driftSummary } from "./drift-summary.ts";

/** Normal figures by Box and Muller from a linear congruential generator (Numerical Recipes' constants), as AR(1) of variance 1. */
function series(seed: number, rows: number, memory = 0, shift = 0): number[] {
  let state = seed >>> 0;
  const uniform = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state + 0.5) / 2 ** 32;
  };
  let last = 0;
  return Array.from({ length: rows + 200 }, () => {
    const normal = Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
    last = memory * last + Math.sqrt(1 - memory ** 2) * normal;
    return last + shift;
  }).slice(200);
}

function judge(then: readonly number[], now: readonly number[]): SignalDrift {
  const reference = signalReference("p", then);
  const counts = emptyCounts(reference.edges);
  for (const value of now) counts[binOf(reference.edges, value)] = (counts[binOf(reference.edges, value)] as number) + 1;
  return driftOf([reference], [counts])[0] as SignalDrift;
}

const cases = [
  { memory: 0, learned: 400, rows: 1_000 },
  { memory: 0.5, learned: 800, rows: 2_000 },
  { memory: 0.9, learned: 4_000, rows: 4_000 },
];

for (const { memory, learned, rows } of cases) {
  test(`without drift at most the stated share of reports says so: AR(1) of ${memory}, ${learned} learning rows`, () => {
    const runs = 200;
    const verdicts = Array.from(
      { length: runs },
      (_, i) => judge(series(2 * i + 1, learned, memory), series(1e6 + 2 * i, rows, memory)).verdict,
    );
    const judged = verdicts.filter((verdict) => verdict !== "too_few_rows").length;
    const wrong = verdicts.filter((verdict) => verdict === "moving" || verdict === "drifted").length;
    assert.ok(judged > runs / 2, `${judged} of ${runs} could be judged`);
    // Twice the share, rounded up, leaves chance its room; both are far below what rows counted as independent would give.
    assert.ok(wrong <= Math.ceil(2 * falseAlarmShare * runs), `${wrong} of ${runs}`);
  });
}

test("a shift of one spread is drift, whatever the level and the unit of the signal", () => {
  const scale = fc.record({
    seed: fc.nat(1e6),
    factor: fc.double({ min: 1e-3, max: 1e3, noNaN: true }),
    offset: fc.integer({ min: -100, max: 100 }),
  });
  fc.assert(
    fc.property(scale, fc.constantFrom(-1, 1), ({ seed, factor, offset }, direction) => {
      const measured = (values: number[]): number[] => values.map((value) => offset + factor * value);
      const { verdict, ks } = judge(measured(series(seed, 600)), measured(series(seed + 7, 2_000, 0, direction)));
      assert.ok(verdict === "drifted" && ks > 0.25, `${verdict}, KS ${ks}`);
    }),
    { numRuns: 50 },
  );
});

test("where a shift of one spread could not be told from chance, nothing is said", () => {
  assert.equal(judge(series(1, 400, 0.98), series(2, 4_000, 0.98, 3)).verdict, "too_few_rows");
  assert.equal(judge(series(1, 400), []).verdict, "too_few_rows");
  assert.equal(judge([], series(1, 400)).verdict, "too_few_rows");
});

test("memory: 1 for independent rows, near (1 + a) / (1 − a) for AR(1), a whole cycle for a wave", () => {
  assert.ok(memoryRows(series(3, 4_000)) < 2.5);
  const slow = memoryRows(series(4, 20_000, 0.9));
  assert.ok(slow > 12 && slow < 40, `${slow}`);
  assert.equal(memoryRows([5, 5, 5, 5]), 1);
});

test("a signal of two values has two bins and is judged by their shares", () => {
  const square = (rows: number, share: number) => Array.from({ length: rows }, (_, i) => ((i * 7919) % 1000 < 1000 * share ? 1 : 0));
  assert.equal(judge(square(1_000, 0.5), square(1_000, 0.5)).verdict, "stable");
  assert.equal(judge(square(1_000, 0.5), square(1_000, 0.9)).verdict, "drifted");
});

test("the summary names what has drifted, and what could not be judged", () => {
  const signals = [judge(series(1, 600), series(2, 2_000, 0, 1)), judge(series(1, 600), series(2, 2_000)), judge([], [])];
  const named = signals.map((signal, i) => ({ ...signal, name: ["flow", "speed", "current"][i] as string }));
  const { verdict, sentence } = driftSummary(named);
  assert.equal(verdict, "drifted");
  assert.match(sentence, /^No longer what the model learned: flow \(PSI \d\.\d\d\)\. Of 1 of 3 signals there are too few/);
  assert.equal(driftSummary([]).verdict, "too_few_rows");
});
