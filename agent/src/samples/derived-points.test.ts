import assert from "node:assert/strict";
import { test } from "node:test";
import type { QualityReason } from "@millwright/contract/telemetry";
import { type DerivedPoint, DerivedPoints } from "./derived-points.ts";
import { RowAssembler } from "./row-assembler.ts";

const a = { name: "a", index: 0 };
const b = { name: "b", index: 1 };
const sum: DerivedPoint = { index: 2, uses: [a, b], evaluate: ({ a = 0, b = 0 }) => a + b, range: [0, 100] };
const twice: DerivedPoint = { index: 3, uses: [{ name: "sum", index: 2 }], evaluate: ({ sum = 0 }) => 2 * sum };

function fill(values: number[], reasons: (QualityReason | null)[], points: readonly DerivedPoint[] = [sum, twice]) {
  const shown = Float64Array.from([...values, ...points.map(() => Number.NaN)]);
  const all: (QualityReason | null)[] = [...reasons, ...points.map(() => "stale" as const)];
  new DerivedPoints(points).fill(shown, all);
  return [[...shown].slice(2), all.slice(2)];
}

test("values of values, each from what stands before it", () =>
  assert.deepEqual(fill([1, 2], [null, null]), [
    [3, 6],
    [null, null],
  ]));

test("the quality is the worst of what is used", () => {
  const none = Number.NaN;
  assert.deepEqual(fill([1, 2], ["late", null]), [
    [3, 6],
    ["late", "late"],
  ]);
  assert.deepEqual(fill([1, 999], ["clock", "out_of_range"]), [
    [none, none],
    ["out_of_range", "out_of_range"],
  ]);
  assert.deepEqual(fill([none, none], ["timeout", "stale"]), [
    [none, none],
    ["timeout", "timeout"],
  ]);
});

test("out of its own range it is shown, and bad for what is made of it", () =>
  assert.deepEqual(fill([100, 1], [null, null]), [
    [101, Number.NaN],
    ["out_of_range", "out_of_range"],
  ]));

test("a result that is no number is none", () => {
  const share: DerivedPoint = { index: 2, uses: [a, b], evaluate: ({ a = 0, b = 0 }) => a / b };
  assert.deepEqual(fill([1, 0], [null, null], [share]), [[Number.NaN], ["sentinel"]]);
  assert.deepEqual(fill([0, 0], [null, null], [share]), [[Number.NaN], ["sentinel"]]);
});

test("in a row: a derived point is stale where what it is made of is", () => {
  const reads = [
    { everyMs: 1_000, pointIndexes: [0] },
    { everyMs: 1_000, pointIndexes: [1] },
  ];
  const assembler = new RowAssembler({ pointCount: 4, reads, counterIndex: null, derived: new DerivedPoints([sum, twice]) });
  assembler.accept(0, { atMonotonicMs: 0, shown: Float64Array.of(1), reasons: [null] });
  assert.deepEqual(assembler.rowAt(0).reasons, [null, "stale", "stale", "stale"]);
  assembler.accept(1, { atMonotonicMs: 2_000, shown: Float64Array.of(2), reasons: [null] });
  assert.deepEqual([...assembler.rowAt(2_000).values], [1, 2, 3, 6]);
  assert.deepEqual([...assembler.rowAt(3_500).values], [Number.NaN, 2, Number.NaN, Number.NaN]);
});
