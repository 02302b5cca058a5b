// The durable store-and-forward queue of the agent: opens the store in a worker thread and speaks to it. Promises: see outbox.ts.
import { extname } from "node:path";
import { Worker } from "node:worker_threads";
import type { Time } from "@millwright/contract/record";
import { type Lane, lanes } from "@millwright/contract/topics";
import type { Clock } from "@millwright/kit/clock";
import type { Fault } from "@millwright/kit/fault";
import { agentFault } from "../faults.ts";
import { BodyBuffer, type SpareBuffers, spareBuffers } from "./body-buffer.ts";
import { type FreshRecords, freshRecords } from "./fresh-records.ts";
import type { LearningRow, Marks, Outbox, OutboxCommit, OutboxCounts, OutboxNotice, OutboxRecord, QuarantinedRecord } from "./outbox.ts";
import type { CommitJob, CommitReply, WorkerSettings } from "./outbox-protocol.ts";
import { timeNow } from "./record-bodies.ts";
import { workerCalls } from "./worker-calls.ts";

export type OutboxOptions = {
  file: string;
  tenant: string;
  agent: string;
  clock: Clock;
  /** Bytes on the disk before telemetry is dropped, oldest first. */
  maxBytes: number;
  /** Machine time a confirmed record is kept, in ms. */
  keepMs: number;
  /** One JSON line per durable record, for a harness outside. */
  ledgerFile?: string | undefined;
  /** How long the first write of a group waits for others, in real ms. Few wake-ups cost less than many. */
  commitWindowMs?: number;
  /** How long what only says that the gateway has records waits for a call to go with, in real ms: nobody waits for it. */
  markWindowMs?: number;
  /** The store stopped by itself, or was found damaged; every later call rejects. */
  onStopped?: (fault: Fault) => void;
};

/** @throws Fault outbox_in_use, outbox_newer, outbox_cannot_open. A damaged store is no error: see `damagedFile`. */
export async function openOutbox(options: OutboxOptions): Promise<Outbox> {
  const now = (): Time => timeNow(options.clock);
  const { file, tenant, agent, maxBytes, keepMs, commitWindowMs = 1, markWindowMs = 250, ledgerFile = null } = options;
  const settings: WorkerSettings = { file, tenant, agent, maxBytes, keepMs, commitWindowMs, ledgerFile, openTime: now() };
  const worker = new Worker(new URL(`./outbox-worker${extname(import.meta.url)}`, import.meta.url), { workerData: settings });
  const exit = new Promise((resolve) => worker.once("exit", resolve));
  const listeners = new Set<(notice: OutboxNotice) => void>();
  const spare = spareBuffers();
  const fresh = freshRecords(spare);
  const turn = commitsOfTurn({ file, now, fresh, spare, hurry: () => hurry(), askWithin: (ms, job) => askWithin<CommitReply>(ms, job) });
  const { opened, ask, askWithin, hurry, stop } = workerCalls(worker, file, {
    sending: () => turn.end(),
    notice: (notice) => {
      for (const listener of listeners) listener(notice);
    },
    stopped(fault) {
      fresh.stop();
      options.onStopped?.(fault);
    },
  });
  const { epoch, damagedFile } = await opened.catch(async (error: unknown) => {
    await worker.terminate();
    throw error;
  });

  let closing: Promise<void> | null = null;
  const close = async (): Promise<void> => {
    fresh.stop();
    // A store that stopped by itself has nothing to finish.
    await ask<null>({ op: "close" }).catch(() => worker.terminate());
    stop(agentFault("outbox_stopped", `${file} was closed`));
    await exit;
  };

  return {
    epoch,
    damagedFile,
    commit: (commit) => turn.add(commit),
    hurry,
    machineState: (machine) => ask<string | null>({ op: "machineState", machine }),
    learningRows: (machine) => ask<LearningRow[]>({ op: "learningRows", machine }),
    isCommandDone: (id) => ask<boolean>({ op: "isCommandDone", id }),
    nextBatch: async (request) => fresh.take(request) ?? ask<OutboxRecord[]>({ op: "nextBatch", request }),
    async mark(marks) {
      fresh.forget(marks.lane, lastOf(marks));
      await askWithin(markWindowMs, { op: "mark", time: now(), ...marks });
    },
    async quarantine(key, reason) {
      fresh.forget(key.lane, key.seq);
      await ask({ op: "quarantine", time: now(), ...key, reason });
    },
    quarantined: () => ask<QuarantinedRecord[]>({ op: "quarantined" }),
    counts: () => ask<OutboxCounts>({ op: "counts" }),
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    close() {
      closing ??= close();
      return closing;
    },
  };
}

/** Beyond this a write is refused rather than kept in memory. */
const maxPendingBytes = 64 * 1024 * 1024;
/** What a commit takes beside its texts. */
const bytesOfCommit = 200;

const none: readonly never[] = [];
const lastOf = ({ ranges, rejected }: Marks): number => Math.max(0, ...ranges.map(([, to]) => to), ...rejected.map(({ seq }) => seq));

type Turn = { readonly job: CommitJob; readonly buffers: Partial<Record<Lane, BodyBuffer>>; readonly done: Promise<void>; bytes: number };
type TurnOptions = {
  file: string;
  now: () => Time;
  fresh: FreshRecords;
  spare: SpareBuffers;
  askWithin: (ms: number, job: CommitJob) => Promise<CommitReply>;
  hurry: () => void;
};

// What is to be committed until the thread is asked, in one turn of the loop or in as long as all of it may wait, is one job. What waits for the disk is
// limited in bytes.
function commitsOfTurn({ file, now, fresh, spare, askWithin, hurry }: TurnOptions) {
  let turn: Turn | null = null;
  let pendingBytes = 0;

  const begin = (withinMs: number): Turn => {
    const job: CommitJob = { op: "commit", time: now(), bodies: {}, states: [], clearLearningRows: [], learningRows: [], commandsDone: [] };
    const settled = (): void => {
      pendingBytes -= begun.bytes;
      // A store that has stopped refuses it before it is sent: nothing more is gathered in it.
      if (turn === begun) turn = null;
    };
    const done = askWithin(withinMs, job).then((reply) => fresh.add(reply));
    const begun: Turn = { job, buffers: {}, done: done.finally(settled), bytes: 0 };
    return begun;
  };
  return {
    /** @returns the buffers that go over with the job */
    end(): ArrayBuffer[] {
      const lent: ArrayBuffer[] = [];
      for (const lane of lanes) {
        const bodies = turn?.buffers[lane]?.bodies;
        if (turn === null || bodies === undefined) continue;
        turn.job.bodies[lane] = bodies;
        lent.push(bodies.bytes.buffer);
      }
      turn = null;
      return lent;
    },
    /** Resolves when it is durable. @throws Fault outbox_behind, outbox_stopped */
    add(commit: OutboxCommit): Promise<void> {
      const { records = none, states = none, withinMs = 0, clearLearningRows = none, learningRows = none } = commit;
      const bodies = records.map((record) => JSON.stringify(record));
      let bytes = bytesOfCommit;
      for (const body of bodies) bytes += body.length;
      for (const { json } of states) bytes += json.length;
      for (const { body } of learningRows) bytes += body.length;
      if (pendingBytes + bytes > maxPendingBytes)
        return Promise.reject(agentFault("outbox_behind", `${pendingBytes} bytes wait for ${file}`));
      turn ??= begin(withinMs);
      if (withinMs === 0) hurry();
      const { job, buffers } = turn;
      for (const [n, record] of records.entries()) {
        buffers[record.kind] ??= new BodyBuffer(spare);
        buffers[record.kind]?.add(bodies[n] as string);
        if (record.kind === "event" && record.event === "command_done" && record.command_id !== undefined)
          job.commandsDone.push(record.command_id);
      }
      for (const state of states) job.states.push(state);
      for (const machine of clearLearningRows) job.clearLearningRows.push(machine);
      for (const row of learningRows) job.learningRows.push(row);
      pendingBytes += bytes;
      turn.bytes += bytes;
      return turn.done;
    },
  };
}
