// One lane's records in the database, several to a row: a row holds a run of them (record-runs.ts), all waiting or all marked. Where only a part of a
// run changes, it is cut in two first. Every write here belongs inside the caller's transaction.
import type { DatabaseSync } from "node:sqlite";
import type { Lane } from "@millwright/contract/topics";
import { firstOf } from "./first-of.ts";
import type { BatchRequest, OutboxRecord } from "./outbox.ts";
import { type BodyRun, bodiesOf, runOf } from "./record-runs.ts";
import { type NumberedBody, withinBytes } from "./record-text.ts";

export type SeqRange = { from: number; to: number };
/** `seq` of its first record. */
type Place = { seq: number; records: number };
type Row = Place & { body: string };

export type LaneTable = ReturnType<typeof laneTable>;

export function laneTable(database: DatabaseSync, lane: Lane) {
  const table = `${lane}_record`;
  const take = database.prepare(
    `UPDATE lane SET last_seq = last_seq + ?, waiting = waiting + ?, quarantined = quarantined + ? WHERE lane = '${lane}' RETURNING last_seq`,
  );
  const count = database.prepare(
    `UPDATE lane SET waiting = waiting + ?, dropped = dropped + ?, quarantined = quarantined + ? WHERE lane = '${lane}'`,
  );
  const insert = database.prepare(`INSERT INTO ${table} (seq, body, records) VALUES (?, CAST(? AS TEXT), ?)`);
  const replace = database.prepare(`UPDATE ${table} SET body = ? WHERE seq = ? AND marked = 0`);
  const get = database.prepare(`SELECT seq, records, body FROM ${table} WHERE seq = ? AND marked = 0`);
  const remove = database.prepare(`DELETE FROM ${table} WHERE seq = ?`);
  const before = database.prepare(`SELECT seq, records FROM ${table} WHERE marked = 0 AND seq < ? ORDER BY seq DESC LIMIT 1`);
  const waiting = database.prepare(
    `SELECT seq, records, body FROM ${table} WHERE marked = 0 AND seq <= ?
     AND seq >= (SELECT ifnull(max(seq), 0) FROM ${table} WHERE marked = 0 AND seq <= ?) ORDER BY seq`,
  );
  const oldest = database.prepare(`SELECT seq, records FROM ${table} WHERE marked = 0 ORDER BY seq`);
  const drop = database.prepare(`DELETE FROM ${table} WHERE marked = 0 AND seq BETWEEN ? AND ?`);
  const mark = database.prepare(
    `UPDATE ${table} SET marked = 1 WHERE marked = 0 AND seq BETWEEN ? AND ? AND seq + records <= ? RETURNING seq, records`,
  );
  const unmark = database.prepare(`UPDATE ${table} SET marked = 0 WHERE marked = 1 AND seq BETWEEN ? AND ? RETURNING seq, records`);
  const forget = database.prepare(`DELETE FROM ${table} WHERE marked = 1 AND seq BETWEEN ? AND ?`);

  const put = (seq: number, { records, text }: BodyRun): void => void insert.run(seq, text, records);
  // A waiting run that goes on from before this record to it ends before it, and a new one begins with it.
  const cutBefore = (seq: number): void => {
    const place = before.get(seq) as Place | undefined;
    if (place === undefined || place.seq + place.records <= seq) return;
    const bodies = bodiesOf((get.get(place.seq) as Row).body);
    const records = seq - place.seq;
    remove.run(place.seq);
    put(place.seq, runOf(bodies.slice(0, records)));
    put(seq, runOf(bodies.slice(records)));
  };

  return {
    lane,
    /** Takes the next `n` numbers, `waiting` of them for `insert`; the others' records are quarantined at once. @returns the first number. */
    take: (n: number, waiting: number): number => (take.get(n, waiting, n - waiting) as { last_seq: number }).last_seq - n + 1,
    /** @param seq the number of the first record, taken before as the others */
    insert: put,
    /** Another body for a record that is a run by itself. */
    replace: (seq: number, body: string): boolean => Number(replace.run(body, seq).changes) === 1,
    read({ afterSeq, untilSeq = Number.MAX_SAFE_INTEGER, maxRecords, maxBytes }: BatchRequest): OutboxRecord[] {
      const rows = waiting.iterate(untilSeq, afterSeq + 1) as Iterable<Row>;
      return withinBytes(firstOf<NumberedBody>(maxRecords, recordsOf(rows, { from: afterSeq + 1, to: untilSeq })), maxBytes);
    },
    /** @returns what was newly marked, as runs: a record belongs to the one receipt that marked it. */
    mark({ from, to }: SeqRange): SeqRange[] {
      const markWholeRuns = (): Place[] => mark.all(from, to, to + 1) as Place[];
      const marked = markWholeRuns();
      if (recordsIn(marked) < to - from + 1) {
        cutBefore(from);
        cutBefore(to + 1);
        marked.push(...markWholeRuns());
      }
      count.run(-recordsIn(marked), 0, 0);
      return joined(marked.sort((a, b) => a.seq - b.seq));
    },
    /** @param range what `mark` returned @returns how many records wait again */
    unmark({ from, to }: SeqRange): number {
      const unmarked = recordsIn(unmark.all(from, to) as Place[]);
      count.run(unmarked, 0, 0);
      return unmarked;
    },
    /** Deletes marked records. @param range what `mark` returned */
    forget: ({ from, to }: SeqRange): void => void forget.run(from, to),
    /** Deletes the oldest waiting records: whole runs, `n` records at most, but one run at least. @returns exactly which. */
    dropOldest(n: number): SeqRange[] {
      const places: Place[] = [];
      let left = n;
      for (const place of oldest.iterate() as Iterable<Place>) {
        left -= place.records;
        if (left < 0 && places.length > 0) break;
        places.push(place);
      }
      const ranges = joined(places);
      for (const { from, to } of ranges) drop.run(from, to);
      const dropped = recordsIn(places);
      count.run(-dropped, dropped, 0);
      return ranges;
    },
    /** Takes one record out of the lane, into quarantine. @returns its body, null where it is not waiting. */
    withdraw(seq: number): string | null {
      cutBefore(seq);
      cutBefore(seq + 1);
      const row = get.get(seq) as Row | undefined;
      if (row === undefined) return null;
      remove.run(seq);
      count.run(-1, 0, 1);
      return row.body;
    },
  };
}

const recordsIn = (places: readonly Place[]): number => places.reduce((sum, { records }) => sum + records, 0);

/** Places in order → inclusive ranges. */
function joined(places: readonly Place[]): SeqRange[] {
  const ranges: SeqRange[] = [];
  for (const { seq, records } of places) {
    const last = ranges.at(-1);
    if (last !== undefined && last.to === seq - 1) last.to += records;
    else ranges.push({ from: seq, to: seq + records - 1 });
  }
  return ranges;
}

function* recordsOf(rows: Iterable<Row>, { from, to }: SeqRange): Generator<NumberedBody> {
  for (const row of rows) {
    for (const [place, body] of bodiesOf(row.body).entries()) {
      const seq = row.seq + place;
      if (seq >= from && seq <= to) yield { seq, body };
    }
  }
}
