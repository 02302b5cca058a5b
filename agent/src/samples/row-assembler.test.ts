import assert from "node:assert/strict";
import { test } from "node:test";
import { type QualityReason, Telemetry } from "@millwright/contract/telemetry";
import * as fc from "fast-check";
import * as v from "valibot";
import type { DeviceReading } from "../registers/reader.ts";
import { seeded } from "../registers/test-support/seeded.ts";
import { RowAssembler } from "./row-assembler.ts";
import type { WaveformRule } from "./waveform-points.ts";

const reading = (atMonotonicMs: number, shown: number[], reasons: (QualityReason | null)[] = shown.map(() => null)): DeviceReading => ({
  atMonotonicMs,
  shown: Float64Array.from(shown),
  reasons,
});
const counted = (): RowAssembler => new RowAssembler({ pointCount: 2, reads: [{ everyMs: 500, pointIndexes: [0, 1] }], counterIndex: 0 });

test("polled at any rate, a device's row is there exactly once, also when the counter starts again or wraps", () => {
  const { seed } = seeded("row assembler");
  fc.assert(
    fc.property(
      fc.array(fc.record({ polls: fc.integer({ min: 1, max: 4 }), isRestart: fc.boolean(), value: fc.integer() }), { maxLength: 50 }),
      (rows) => {
        const assembler = counted();
        const [want, got]: [number[], number[]] = [[], []];
        let [counter, nowMs] = [65_530, 0];
        for (const { polls, isRestart, value } of rows) {
          counter = isRestart && counter > 1 ? 1 : (counter + 1) % 65_536;
          want.push(value);
          for (let i = 0; i < polls; i++) {
            nowMs += 500;
            const row = assembler.accept(0, reading(nowMs, [counter, value]));
            if (row !== null) got.push(row.values[1] as number);
          }
        }
        assert.deepEqual(got, want);
        assert.equal(assembler.missedRows, 0);
      },
    ),
    { seed },
  );
});

test("rows that nobody saw are counted", () => {
  const assembler = counted();
  for (const counter of [5, 6, 9, 9, 2, 3]) assembler.accept(0, reading(0, [counter, 0]));
  assert.equal(assembler.missedRows, 2);
});

test("a counter that is no count shows new rows, and is not handed on: the gateway would refuse the row", () => {
  const assembler = counted();
  const updates = [1.5, 1.5, 2.5, -3, 2 ** 60, 7].map((counter, i) => assembler.accept(0, reading(500 * i, [counter, i]))?.update);
  assert.deepEqual(updates, [null, undefined, null, null, null, 7]);
  for (const update of updates) assert.ok(v.is(Telemetry.entries.update, update ?? undefined));
});

test("no row without a good counter", () => {
  const assembler = counted();
  assert.equal(assembler.accept(0, reading(0, [Number.NaN, Number.NaN], ["timeout", "timeout"])), null);
  assert.equal(assembler.accept(0, reading(500, [4, 1]))?.update, 4);
});

test("an uncertain value is stale like any other once it is too old", () => {
  const assembler = new RowAssembler({ pointCount: 3, reads: [{ everyMs: 500, pointIndexes: [0, 1, 2] }], counterIndex: null });
  assembler.accept(0, reading(0, [1, 2, 300], ["clock", "late", "out_of_range"]));
  assert.deepEqual(assembler.rowAt(1_500).reasons, ["clock", "late", "out_of_range"]);
  const { reasons, values } = assembler.rowAt(1_501);
  assert.deepEqual(reasons, ["stale", "stale", "out_of_range"]);
  assert.deepEqual([...values], [Number.NaN, Number.NaN, Number.NaN]);
});

test("a value whose source says how old it is becomes stale between two reads, too", () => {
  const assembler = new RowAssembler({ pointCount: 1, reads: [{ everyMs: 3_600_000, pointIndexes: [0] }], counterIndex: null });
  assembler.accept(0, { ...reading(1_000, [21.5]), staleFromMs: 600_000 });
  assert.deepEqual(assembler.rowAt(600_000).reasons, [null]);
  const { reasons, shown } = assembler.rowAt(600_001);
  assert.deepEqual([reasons, [...shown]], [["stale"], [21.5]]);
  assembler.accept(0, reading(700_000, [22]));
  assert.deepEqual(assembler.rowAt(900_000).reasons, [null]);
});

test("a bad value is shown and never reaches a model; an uncertain one does", () => {
  const assembler = new RowAssembler({ pointCount: 4, reads: [{ everyMs: 500, pointIndexes: [0, 1, 2, 3] }], counterIndex: null });
  assembler.accept(0, reading(0, [1, 200, Number.NaN, 4], [null, "out_of_range", "sentinel", "late"]));
  const row = assembler.rowAt(0);
  assert.deepEqual([...row.shown], [1, 200, Number.NaN, 4]);
  assert.deepEqual([...row.values], [1, Number.NaN, Number.NaN, 4]);
  assert.deepEqual(row.reasons, [null, "out_of_range", "sentinel", "late"]);
});

test("two reads of different periods make one row; a reading older than three of its periods is stale", () => {
  const assembler = new RowAssembler({
    pointCount: 3,
    reads: [
      { everyMs: 1_000, pointIndexes: [2, 0] },
      { everyMs: 10_000, pointIndexes: [1] },
    ],
    counterIndex: null,
  });
  assert.deepEqual(assembler.rowAt(0).reasons, ["stale", "stale", "stale"]);
  assembler.accept(0, reading(0, [30, 10]));
  assembler.accept(1, reading(0, [20]));
  assert.deepEqual([...assembler.rowAt(3_000).values], [10, 20, 30]);
  const row = assembler.rowAt(3_001);
  assert.deepEqual(row.reasons, ["stale", null, "stale"]);
  assert.deepEqual([...row.shown], [10, 20, 30]);
  assert.deepEqual([...row.values], [Number.NaN, 20, Number.NaN]);
});

test("what a point declares of its changes is held against each of its readings, once", () => {
  const reads = [
    { everyMs: 1_000, pointIndexes: [1] },
    { everyMs: 1_000, pointIndexes: [0] },
  ];
  const assembler = new RowAssembler({ pointCount: 2, reads, counterIndex: null, rules: [{ maxRate: 1 }, {}] });
  assembler.accept(0, reading(0, [100]));
  assembler.accept(1, reading(0, [20]));
  assembler.accept(0, reading(1_000, [0]));
  assembler.accept(1, reading(1_000, [30]));
  for (let i = 0; i < 2; i++) assert.deepEqual(assembler.rowAt(1_000).reasons, ["rate", null]);
  assert.deepEqual([...assembler.rowAt(1_000).values], [Number.NaN, 0]);
  assert.deepEqual([...assembler.rowAt(1_000).shown], [30, 0]);
});

test("what a row says is its own: a reading that is used again changes nothing that is known", () => {
  const assembler = new RowAssembler({ pointCount: 2, reads: [{ everyMs: 500, pointIndexes: [0, 1] }], counterIndex: null });
  const used = reading(0, [1, 2], [null, "out_of_range"]);
  assembler.accept(0, used);
  assembler.rowAt(0);
  used.shown.fill(9);
  used.reasons.fill("timeout");
  const { shown, reasons } = assembler.rowAt(500);
  assert.deepEqual(
    [[...shown], reasons],
    [
      [1, 2],
      [null, "out_of_range"],
    ],
  );
  assembler.accept(0, reading(1_000, [3, 4]));
  assert.deepEqual([...assembler.rowAt(1_000).values], [3, 4]);
});

test("the figures of a waveform are in the rows of a machine with several reads, at the speed that came with the same reading", () => {
  const rule: WaveformRule = {
    name: "vibration",
    unit: "m/s2",
    samples: 1_024,
    bandsHz: null,
    envelopeHz: null,
    bearing: null,
    mainsHz: null,
    direction: "radial",
    shaft: { point: "speed", hzPerUnit: 1 },
    places: { rms: 1 },
  };
  const names = ["load", "speed", "vibration_rms"];
  const reads = [
    { everyMs: 500, pointIndexes: [0] },
    { everyMs: 500, pointIndexes: [1, 2], waveforms: [rule] },
  ];
  const assembler = new RowAssembler({ pointCount: 3, names, reads, counterIndex: null });
  const samples = Float64Array.from({ length: 1_024 }, (_, i) => Math.sqrt(2) * Math.sin((2 * Math.PI * i) / 64));
  for (const atMs of [0, 500]) {
    assembler.accept(0, reading(atMs, [7]));
    assembler.accept(1, { ...reading(atMs, [25, Number.NaN], [null, "sentinel"]), waveforms: [{ samples, rateHz: 10_000 }] });
    const { values, reasons } = assembler.rowAt(atMs);
    assert.deepEqual(
      [...values].map((value) => Number(value.toFixed(6))),
      [7, 25, 1],
    );
    assert.deepEqual(reasons, [null, null, null]);
  }
});
