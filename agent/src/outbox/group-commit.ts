// Writes that arrive within a short window, or while a transaction runs, share one transaction: one wait for the disk instead of many.
// All of a group become durable, or none.
import type { DatabaseSync } from "node:sqlite";
import { inTransaction } from "@millwright/kit/sqlite";
import type { WriteJob } from "./outbox-protocol.ts";
import type { JobResult, OutboxStore } from "./outbox-store.ts";

export type PendingWrite = { id: number; job: WriteJob };
export type GroupCommitOptions = {
  database: DatabaseSync;
  store: OutboxStore;
  /** Real ms a group waits for company. */
  windowMs: number;
  /** The same for marks alone: nobody waits for them, so they go with the next records, if any come so soon. */
  markWindowMs: number;
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

export type GroupCommit = { add(write: PendingWrite): void; drain(): void };

export function groupCommit(options: GroupCommitOptions): GroupCommit {
  const { database, store } = options;
  let queue: PendingWrite[] = [];
  let timer: NodeJS.Timeout | null = null;
  let dueMs = Number.POSITIVE_INFINITY;

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
  };

  if (store.hasStale()) schedule(0);
  return {
    add(write) {
      queue.push(write);
      schedule(write.job.op === "mark" ? options.markWindowMs : options.windowMs);
    },
    /** Everything added so far, now. */
    drain() {
      while (queue.length > 0) flush();
      unschedule();
    },
  };
}
