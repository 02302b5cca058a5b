// Makes room when the outbox is larger than its limit: first what the gateway has confirmed, oldest first; then waiting telemetry, oldest first,
// with an exact gap. Predictions and events that wait are never dropped, so they may take more than the limit.
import type { DatabaseSync } from "node:sqlite";
import type { LaneTable, SeqRange } from "./lane-table.ts";
import type { ReceiptLog } from "./receipt-log.ts";
import { maxRunRecords } from "./record-runs.ts";

const receiptsAtOnce = 20;
/** A run at least. */
const recordsAtOnce = maxRunRecords;
// Evicting a piece at a time, not a record at a time, keeps gaps few; the cap keeps the transaction small.
const largestPieceBytes = 4 * 1024 * 1024;

/** @returns what counts the bytes the database takes, free pages not among them. https://sqlite.org/pragma.html#pragma_freelist_count */
export function bytesOf(database: DatabaseSync): () => number {
  const pragma = (name: string): (() => number) => {
    const statement = database.prepare(`PRAGMA ${name}`);
    return () => Number(Object.values(statement.get() as object)[0]);
  };
  const [pages, freePages, pageBytes] = [pragma("page_count"), pragma("freelist_count"), pragma("page_size")()];
  return () => (pages() - freePages()) * pageBytes;
}

/** @param bytes what it takes now @returns the waiting records that were dropped, as runs in order. */
export function makeRoom(bytes: () => number, telemetry: LaneTable, receipts: ReceiptLog, maxBytes: number): SeqRange[] {
  if (bytes() <= maxBytes) return [];
  const target = maxBytes - Math.min(maxBytes / 100, largestPieceBytes);
  while (bytes() > target) if (receipts.forgetOldest(receiptsAtOnce) === 0) break;
  const dropped: SeqRange[] = [];
  while (bytes() > target) {
    const runs = telemetry.dropOldest(recordsAtOnce);
    if (runs.length === 0) break;
    for (const run of runs) addRun(dropped, run);
  }
  return dropped;
}

function addRun(runs: SeqRange[], run: SeqRange): void {
  const last = runs.at(-1);
  if (last !== undefined && last.to === run.from - 1) last.to = run.to;
  else runs.push(run);
}
