// Which gateway store confirmed which records, in the order of arrival. From it: what may be evicted first, and what must be sent again
// after the gateway came back with another store or an older copy of its store.
import type { DatabaseSync } from "node:sqlite";
import { type Lane, lanes } from "@millwright/contract/topics";
import { firstOf } from "./first-of.ts";
import type { LaneTable, SeqRange } from "./lane-table.ts";

/** Which commit of which store was told of last. */
type Speaker = { store: string; commitNo: number };
type Row = { id: number; lane: Lane; from_seq: number; to_seq: number };
export type ReceiptLog = ReturnType<typeof receiptLog>;

export function receiptLog(database: DatabaseSync, laneTables: Record<Lane, LaneTable>) {
  const newest = database.prepare("SELECT store, commit_no AS commitNo FROM receipt ORDER BY id DESC LIMIT 1");
  const add = database.prepare("INSERT INTO receipt (lane, from_seq, to_seq, store, commit_no, at_ms) VALUES (?, ?, ?, ?, ?, ?)");
  const makeStale = database.prepare("UPDATE receipt SET stale = 1 WHERE stale = 0 AND (store <> ? OR commit_no > ?)");
  const stale = database.prepare("SELECT id, lane, from_seq, to_seq FROM receipt WHERE stale = 1 ORDER BY id");
  const anyStale = database.prepare("SELECT 1 FROM receipt WHERE stale = 1 LIMIT 1");
  const oldest = database.prepare("SELECT id, lane, from_seq, to_seq, at_ms FROM receipt WHERE stale = 0 ORDER BY id");
  const remove = database.prepare("DELETE FROM receipt WHERE id = ?");
  // Of receipts that are no longer here nothing is kept that a store could have lost.
  const lastKnown = (): Speaker | null => (newest.get() as Speaker | undefined) ?? null;
  let known = lastKnown();
  let mayBeStale = true;

  return {
    /** Notes which store speaks. Another store, or an older commit of the same: what it has not is stale. */
    adopt(store: string, commitNo: number): void {
      if (known !== null && (known.store !== store || commitNo < known.commitNo)) {
        makeStale.run(store, commitNo);
        mayBeStale = true;
      }
      known = { store, commitNo };
    },
    /** After a transaction failed: what memory says of it is void. */
    rolledBack(): void {
      known = lastKnown();
    },
    add(lane: Lane, range: SeqRange, by: { store: string; commit: number; atMs: number }): void {
      add.run(lane, range.from, range.to, by.store, by.commit, by.atMs);
    },
    /** Lets the records of some stale receipts wait again; bounded, so that no transaction grows large. @returns the first of each lane. */
    rewindSome(limit: number): { lane: Lane; fromSeq: number }[] {
      const first = new Map<Lane, number>();
      for (const row of [...firstOf<Row>(limit, stale.iterate())]) {
        if (laneTables[row.lane].unmark(rangeOf(row)) > 0) first.set(row.lane, Math.min(row.from_seq, first.get(row.lane) ?? row.from_seq));
        remove.run(row.id);
      }
      return lanes.flatMap((lane) => (first.has(lane) ? [{ lane, fromSeq: first.get(lane) as number }] : []));
    },
    hasStale(): boolean {
      mayBeStale &&= anyStale.get() !== undefined;
      return mayBeStale;
    },
    /** Deletes what the oldest receipts confirmed, up to the first that came after `atMs`. @returns how many receipts. */
    forgetOldest(limit: number, atMs = Number.MAX_VALUE): number {
      const rows: Row[] = [];
      for (const row of firstOf<Row & { at_ms: number }>(limit, oldest.iterate())) {
        if (row.at_ms > atMs) break;
        rows.push(row);
      }
      for (const row of rows) {
        laneTables[row.lane].forget(rangeOf(row));
        remove.run(row.id);
      }
      return rows.length;
    },
  };
}

const rangeOf = (row: Row): SeqRange => ({ from: row.from_seq, to: row.to_seq });
