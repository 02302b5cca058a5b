// Random work on a lane's table and on a plain list of its records must show the same, wherever runs are cut.
import assert from "node:assert/strict";
import { test } from "node:test";
import { migrateSqlite, openSqlite } from "@millwright/kit/sqlite";
import fc from "fast-check";
import { type LaneTable, laneTable, type SeqRange } from "./lane-table.ts";
import { outboxMigrations } from "./outbox-migrations.ts";
import { maxRunRecords, runsOfBodies } from "./record-runs.ts";
import { bodiesFrom } from "./test-support/outbox-fixture.ts";

type Entry = { seq: number; state: "waiting" | "marked" | "gone" };
type Counters = { waiting: number; dropped: number; quarantined: number };
class Lane {
  readonly entries: Entry[] = [];
  /** What was marked together and is still known. */
  readonly receipts: SeqRange[][] = [];
  readonly counts: Counters = { waiting: 0, dropped: 0, quarantined: 0 };
  readonly table: LaneTable;
  constructor(table: LaneTable) {
    this.table = table;
  }
  get waiting(): number[] {
    return this.entries.filter(({ state }) => state === "waiting").map(({ seq }) => seq);
  }
  /** Those of `from` become `to`. @returns which did. */
  turn(is: (seq: number) => boolean, from: Entry["state"], to: Entry["state"]): number[] {
    const some = this.entries.filter(({ seq, state }) => state === from && is(seq));
    for (const one of some) one.state = to;
    this.counts.waiting = this.waiting.length;
    return some.map(({ seq }) => seq);
  }
}

/** With a newline in it, as JSON has it. */
const body = (seq: number): string => JSON.stringify({ kind: "telemetry", n: seq, text: "a\nb".repeat(seq % 7) });
const jsonOf = (seq: number): string => `{"seq":${seq},${body(seq).slice(1)}`;
const seqsOf = (ranges: readonly SeqRange[]): number[] =>
  ranges.flatMap(({ from, to }) => Array.from({ length: to - from + 1 }, (_, n) => from + n));
const within = (ranges: readonly SeqRange[]) => (seq: number) => ranges.some(({ from, to }) => seq >= from && seq <= to);

const work = {
  append({ table, entries, counts }: Lane, n: number): void {
    const first = table.take(n, n);
    assert.equal(first, entries.length + 1);
    let seq = first;
    for (const run of runsOfBodies(bodiesFrom(Array.from({ length: n }, (_, i) => body(first + i))))) {
      table.insert(seq, run);
      seq += run.records;
    }
    for (let i = 0; i < n; i++) entries.push({ seq: first + i, state: "waiting" });
    counts.waiting += n;
  },
  mark(lane: Lane, from: number, size: number): void {
    const ranges = lane.table.mark({ from, to: from + size });
    assert.deepEqual(seqsOf(ranges), lane.turn(within([{ from, to: from + size }]), "waiting", "marked"));
    lane.receipts.push(ranges);
  },
  unmark(lane: Lane, at: number): void {
    const [ranges = []] = lane.receipts.splice(at % (lane.receipts.length || 1), 1);
    const unmarked = ranges.reduce((sum, range) => sum + lane.table.unmark(range), 0);
    assert.equal(unmarked, lane.turn(within(ranges), "marked", "waiting").length);
  },
  forget(lane: Lane, at: number): void {
    const [ranges = []] = lane.receipts.splice(at % (lane.receipts.length || 1), 1);
    for (const range of ranges) lane.table.forget(range);
    lane.turn(within(ranges), "marked", "gone");
  },
  withdraw(lane: Lane, seq: number): void {
    const withdrawn = lane.turn((one) => one === seq, "waiting", "gone").length === 1;
    assert.equal(lane.table.withdraw(seq), withdrawn ? body(seq) : null);
    if (withdrawn) lane.counts.quarantined += 1;
  },
  drop(lane: Lane, n: number): void {
    const { waiting } = lane;
    const dropped = seqsOf(lane.table.dropOldest(n));
    assert.deepEqual(dropped, waiting.slice(0, dropped.length));
    assert.ok(dropped.length <= Math.max(n, maxRunRecords) && (dropped.length > 0 || waiting.length === 0));
    lane.turn((seq) => dropped.includes(seq), "waiting", "gone");
    lane.counts.dropped += dropped.length;
  },
  read({ table, waiting }: Lane, afterSeq: number, size: number): void {
    const expected = waiting.filter((seq) => seq > afterSeq);
    const all = { lane: "telemetry", afterSeq, maxRecords: 1e9, maxBytes: 1e9 } as const;
    const records = (seqs: readonly number[]) => seqs.map((seq) => ({ seq, json: jsonOf(seq) }));
    assert.deepEqual(table.read({ ...all, maxRecords: size + 1 }), records(expected.slice(0, size + 1)));
    assert.deepEqual(table.read({ ...all, untilSeq: afterSeq + size }), records(expected.filter((seq) => seq <= afterSeq + size)));
    assert.deepEqual(table.read({ ...all, maxBytes: 1 }), records(expected.slice(0, 1)));
  },
};
const step = fc.tuple(
  fc.constantFrom(...(Object.keys(work) as (keyof typeof work)[])),
  fc.integer({ min: 1, max: 300 }),
  fc.integer({ min: 0, max: 120 }),
);

test("marks, withdrawals, drops and reads of parts of runs change exactly these records", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 200 }), fc.array(step, { maxLength: 40, size: "max" }), (first, steps) => {
      const database = openSqlite(":memory:");
      migrateSqlite(database, outboxMigrations);
      const counts = database.prepare("SELECT waiting, dropped, quarantined FROM lane WHERE lane = 'telemetry'");
      const lane = new Lane(laneTable(database, "telemetry"));
      work.append(lane, first);
      for (const [name, n, size] of steps) {
        work[name](lane, n, size);
        work.read(lane, 0, 1e6);
        assert.deepEqual({ ...counts.get() }, lane.counts, `after ${name} ${n} ${size}`);
      }
      database.close();
    }),
    { numRuns: 100 },
  );
});
