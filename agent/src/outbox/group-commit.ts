// Writes that arrive within a short window, or while a transaction runs, share one transaction: one wait for the disk instead of many.
// All of a group become durable, or none.
import type { DatabaseSync } from "node:sqlite";
import { lanes } from "@millwright/contract/topics";
import { inTransaction } from "@millwright/kit/sqlite";
import type { CommitJob, WriteJob } from "./outbox-protocol.ts";
import type { JobResult, OutboxStore } from "./outbox-store.ts";

export type PendingWrite = { id: number; job: WriteJob };
export type GroupCommitOptions = {
  database: DatabaseSync;
  store: OutboxStore;
  /** Real ms a group waits for company. */
  windowMs: number;
  /** The group is on the disk; one result for each of its writes. */
  onDurable: (group: readonly PendingWrite[], results: readonly JobResult[]) => void;
  onFailed: (group: readonly PendingWrite[], error: unknown) => void;
  /** Marked records wait again. */
  onRewound: (rewound: ReturnType<OutboxStore["rewindSome"]>) => void;
};

// A transaction larger than this gains nothing and delays the first of its group.
const writesPerTransaction = 1_000;
const receiptsPerRewind = 50;
const pauseAfterFailureMs = 1_000;

/** Real ms after a commit: the records have been read again and sent by then, and the next ones are not there yet. */
const tidyAfterMs = 15;
/** Pages in the log from which it is worth writing them back; looked at after so many bytes or so many commits. */
const tidyPages = 500;
const bytesPerLook = 256 * 1024;
const commitsPerLook = 8;

export type GroupCommit = { add(write: PendingWrite): void; drain(): void };

export function groupCommit(options: GroupCommitOptions): GroupCommit {
  const { database, store } = options;
  let queue: PendingWrite[] = [];
  let timer: NodeJS.Timeout | null = null;
  let tidyTimer: NodeJS.Timeout | null = null;
  let dueMs = Number.POSITIVE_INFINITY;
  const unlooked = { commits: 0, bytes: 0 };

  const schedule = (delayMs: number): void => {
    const wantedMs = performance.now() + delayMs;
    if (timer !== null && dueMs <= wantedMs) return;
    unschedule();
    dueMs = wantedMs;
    timer = setTimeout(flush, delayMs);
  };
  const unschedule = (): void => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
  };
  const commitGroup = (group: readonly PendingWrite[]): void => {
    let results: JobResult[];
    try {
      results = inTransaction(database, () => group.map(({ job }) => store.apply(job)));
    } catch (error) {
      store.rolledBack();
      options.onFailed(group, error);
      return;
    }
    options.onDurable(group, results);
  };
  const rewind = (): void => {
    try {
      options.onRewound(inTransaction(database, () => store.rewindSome(receiptsPerRewind)));
      if (store.hasStale()) schedule(0);
    } catch {
      // What is stale stays noted in the database; a write that fails for the same reason is reported where it was asked for.
      schedule(pauseAfterFailureMs);
    }
  };
  const flush = (): void => {
    unschedule();
    const group = queue.slice(0, writesPerTransaction);
    queue = queue.slice(writesPerTransaction);
    if (group.length > 0) commitGroup(group);
    if (queue.length > 0) schedule(0);
    if (store.hasStale()) rewind();
    if (group.length > 0) unlooked.commits += 1;
    for (const { job } of group) if (job.op === "commit") unlooked.bytes += bytesOf(job);
    if (unlooked.commits >= commitsPerLook || unlooked.bytes >= bytesPerLook) tidyTimer ??= setTimeout(tidy, tidyAfterMs);
  };
  const tidy = (): void => {
    tidyTimer = null;
    if (queue.length > 0) return;
    Object.assign(unlooked, { commits: 0, bytes: 0 });
    try {
      writeBackLog(database);
    } catch {
      // The disk is full, or broken: the next commit says so where it matters.
    }
  };

  if (store.hasStale()) schedule(0);
  return {
    add(write) {
      queue.push(write);
      schedule(options.windowMs);
    },
    /** Everything added so far, now. */
    drain() {
      while (queue.length > 0) flush();
      unschedule();
      if (tidyTimer !== null) clearTimeout(tidyTimer);
      tidyTimer = null;
    },
  };
}

const bytesOf = ({ bodies }: CommitJob): number => lanes.reduce((sum, lane) => sum + (bodies[lane]?.ends.at(-1) ?? 0), 0);

// SQLite writes its log back within whichever commit makes it longer than 1,000 pages: those records wait for two more syncs of the disk. Here it is
// done between two commits (https://sqlite.org/wal.html#ckpt, PRAGMA wal_checkpoint); within one only where they leave no pause.
function writeBackLog(database: DatabaseSync): void {
  const { log, checkpointed } = database.prepare("PRAGMA wal_checkpoint(NOOP)").get() as { log: number; checkpointed: number };
  if (log - checkpointed >= tidyPages) database.exec("PRAGMA wal_checkpoint(PASSIVE)");
}
