// The durable store-and-forward queue of the agent: opens the store in a worker thread and speaks to it. Promises: see outbox.ts.
import { extname } from "node:path";
import { Worker } from "node:worker_threads";
import type { Time } from "@millwright/contract/record";
import type { Clock } from "@millwright/kit/clock";
import type { Fault } from "@millwright/kit/fault";
import { agentFault } from "../faults.ts";
import type {
  LearningRow,
  Outbox,
  OutboxCommit,
  OutboxCounts,
  OutboxNotice,
  OutboxRecord,
  QuarantinedRecord,
  RecordKey,
} from "./outbox.ts";
import type { CommitJob, WorkerSettings } from "./outbox-protocol.ts";
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
  const turn = commitsOfTurn({ file, now, ask: (job) => ask<number[]>(job) });
  const { opened, ask, askWithin, stop } = workerCalls(worker, file, {
    sending: () => turn.end(),
    notice: (notice) => {
      for (const listener of listeners) listener(notice);
    },
    stopped: (fault) => options.onStopped?.(fault),
  });
  const { epoch, damagedFile } = await opened.catch(async (error: unknown) => {
    await worker.terminate();
    throw error;
  });

  let closing: Promise<void> | null = null;
  const close = async (): Promise<void> => {
    // A store that stopped by itself has nothing to finish.
    await ask<null>({ op: "close" }).catch(() => worker.terminate());
    stop(agentFault("outbox_stopped", `${file} was closed`));
    await exit;
  };

  return {
    epoch,
    damagedFile,
    commit: (commit) => turn.add(commit),
    machineState: (machine) => ask<string | null>({ op: "machineState", machine }),
    learningRows: (machine) => ask<LearningRow[]>({ op: "learningRows", machine }),
    isCommandDone: (id) => ask<boolean>({ op: "isCommandDone", id }),
    nextBatch: (request) => ask<OutboxRecord[]>({ op: "nextBatch", request }),
    mark: async (marks) => void (await askWithin(markWindowMs, { op: "mark", time: now(), ...marks })),
    quarantine: async (key, reason) => void (await ask({ op: "quarantine", time: now(), ...key, reason })),
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

type Turn = { job: CommitJob; seqs: Promise<number[]> };

// What is to be committed in one turn of the loop is one job for the thread. What waits for the disk is limited in bytes.
function commitsOfTurn({ file, now, ask }: { file: string; now: () => Time; ask: (job: CommitJob) => Promise<number[]> }) {
  let turn: Turn | null = null;
  let pendingBytes = 0;

  const begin = (): Turn => {
    const nothing = { lanes: [], bodies: [], states: [], clearLearningRows: [], learningRows: [], commandsDone: [] };
    const job: CommitJob = { op: "commit", time: now(), ...nothing };
    return { job, seqs: ask(job) };
  };
  return {
    end(): void {
      turn = null;
    },
    /** @throws Fault outbox_behind, outbox_stopped */
    async add({ records = none, states = none, clearLearningRows = none, learningRows = none }: OutboxCommit): Promise<RecordKey[]> {
      const bodies = records.map((record) => JSON.stringify(record));
      let bytes = bytesOfCommit;
      for (const body of bodies) bytes += body.length;
      for (const { json } of states) bytes += json.length;
      for (const { body } of learningRows) bytes += body.length;
      if (pendingBytes + bytes > maxPendingBytes) throw agentFault("outbox_behind", `${pendingBytes} bytes wait for ${file}`);
      turn ??= begin();
      const { job, seqs } = turn;
      const from = job.bodies.length;
      for (const record of records) {
        job.lanes.push(record.kind);
        if (record.kind === "event" && record.event === "command_done" && record.command_id !== undefined)
          job.commandsDone.push(record.command_id);
      }
      for (const body of bodies) job.bodies.push(body);
      for (const state of states) job.states.push(state);
      for (const machine of clearLearningRows) job.clearLearningRows.push(machine);
      for (const row of learningRows) job.learningRows.push(row);
      pendingBytes += bytes;
      try {
        const all = await seqs;
        return records.map(({ kind }, n) => ({ lane: kind, seq: all[from + n] as number }));
      } finally {
        pendingBytes -= bytes;
      }
    },
  };
}
