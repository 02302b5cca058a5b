// One lane's records in the database. Every write here belongs inside the caller's transaction.
import type { DatabaseSync } from "node:sqlite";
import type { Lane } from "@millwright/contract/topics";
import { firstOf } from "./first-of.ts";
import type { BatchRequest, OutboxRecord } from "./outbox.ts";
import { type NumberedBody, withinBytes } from "./record-text.ts";

export type SeqRange = { from: number; to: number };

export type LaneTable = ReturnType<typeof laneTable>;

export function laneTable(database: DatabaseSync, lane: Lane) {
  const table = `${lane}_record`;
  const advance = database.prepare(`UPDATE lane SET last_seq = last_seq + ? WHERE lane = '${lane}' RETURNING last_seq`);
  const count = database.prepare(
    `UPDATE lane SET waiting = waiting + ?, dropped = dropped + ?, quarantined = quarantined + ? WHERE lane = '${lane}'`,
  );
  const insert = database.prepare(`INSERT INTO ${table} (seq, body) VALUES (?, ?)`);
  const replace = database.prepare(`UPDATE ${table} SET body = ? WHERE seq = ? AND marked = 0`);
  const get = database.prepare(`SELECT seq, body, marked FROM ${table} WHERE seq = ?`);
  const remove = database.prepare(`DELETE FROM ${table} WHERE seq = ?`);
  const waiting = database.prepare(`SELECT seq, body FROM ${table} WHERE marked = 0 AND seq > ? AND seq <= ? ORDER BY seq`);
  const oldest = database.prepare(`SELECT seq FROM ${table} WHERE marked = 0 ORDER BY seq`);
  const drop = database.prepare(`DELETE FROM ${table} WHERE marked = 0 AND seq BETWEEN ? AND ?`);
  const mark = database.prepare(`UPDATE ${table} SET marked = 1 WHERE marked = 0 AND seq BETWEEN ? AND ? RETURNING seq`);
  const unmark = database.prepare(`UPDATE ${table} SET marked = 0 WHERE marked = 1 AND seq BETWEEN ? AND ?`);
  const forget = database.prepare(`DELETE FROM ${table} WHERE marked = 1 AND seq BETWEEN ? AND ?`);

  return {
    lane,
    /** Takes the next `n` numbers. @returns the first of them. */
    take: (n: number): number => (advance.get(n) as { last_seq: number }).last_seq - n + 1,
    /** Body: a record's JSON object without its seq. To be counted afterwards. */
    insert: (seq: number, body: string): void => void insert.run(seq, body),
    countInserted: (n: number): void => void count.run(n, 0, 0),
    replace: (seq: number, body: string): boolean => Number(replace.run(body, seq).changes) === 1,
    read: ({ afterSeq, untilSeq = Number.MAX_SAFE_INTEGER, maxRecords, maxBytes }: BatchRequest): OutboxRecord[] =>
      withinBytes(firstOf<NumberedBody>(maxRecords, waiting.iterate(afterSeq, untilSeq)), maxBytes),
    /** @returns what was newly marked, as runs: a record belongs to the one receipt that marked it. */
    mark(range: SeqRange): SeqRange[] {
      const seqs = (mark.all(range.from, range.to) as { seq: number }[]).map((row) => row.seq);
      count.run(-seqs.length, 0, 0);
      return runsOf(seqs.sort((a, b) => a - b));
    },
    unmark(range: SeqRange): number {
      const unmarked = Number(unmark.run(range.from, range.to).changes);
      count.run(unmarked, 0, 0);
      return unmarked;
    },
    /** Deletes marked records of the range. */
    forget: (range: SeqRange): void => void forget.run(range.from, range.to),
    /** Deletes the oldest waiting records. @returns exactly which, as runs. */
    dropOldest(n: number): SeqRange[] {
      const runs = runsOf([...firstOf<{ seq: number }>(n, oldest.iterate())].map((row) => row.seq));
      for (const run of runs) drop.run(run.from, run.to);
      const dropped = runs.reduce((sum, run) => sum + run.to - run.from + 1, 0);
      count.run(-dropped, dropped, 0);
      return runs;
    },
    /** Takes one record out of the lane, into quarantine. @returns its body, null where it is not waiting. */
    withdraw(seq: number): string | null {
      const row = get.get(seq) as (NumberedBody & { marked: number }) | undefined;
      if (row === undefined || row.marked === 1) return null;
      remove.run(seq);
      count.run(-1, 0, 1);
      return row.body;
    },
    /** A number that never enters the lane, because its record is quarantined at once. */
    countQuarantined: (): void => void count.run(0, 0, 1),
  };
}

/** Sorted numbers → inclusive runs. */
export function runsOf(seqs: readonly number[]): SeqRange[] {
  const runs: SeqRange[] = [];
  for (const seq of seqs) {
    const last = runs.at(-1);
    if (last !== undefined && last.to === seq - 1) last.to = seq;
    else runs.push({ from: seq, to: seq });
  }
  return runs;
}
