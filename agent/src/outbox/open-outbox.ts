// The durable store-and-forward queue of the agent: opens the store in a worker thread and speaks to it. Promises: see outbox.ts.
import { extname } from "node:path";
import { Worker } from "node:worker_threads";
import type { Time } from "@millwright/contract/record";
import type { Clock } from "@millwright/kit/clock";
import { Fault } from "@millwright/kit/fault";
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
import { outboxFault } from "./outbox-fault.ts";
import type { WriteJob } from "./outbox-store.ts";
import type { FaultParts, ReadJob, WorkerReply, WorkerRequest, WorkerSettings } from "./outbox-worker.ts";

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
  /** The store stopped by itself; every later call rejects. */
  onStopped?: (fault: Fault) => void;
};

// Writes that wait for the disk; beyond this a commit is refused rather than kept in memory.
const maxPendingBytes = 64 * 1024 * 1024;

/** @throws Fault outbox_in_use, outbox_newer, outbox_cannot_open. A damaged store is no error: see `damagedFile`. */
export async function openOutbox(options: OutboxOptions): Promise<Outbox> {
  const now = (): Time => timeOf(options.clock);
  const workerFile = new URL(`./outbox-worker${extname(import.meta.url)}`, import.meta.url);
  const { file, tenant, agent, maxBytes, keepMs, commitWindowMs = 5, ledgerFile = null } = options;
  const settings: WorkerSettings = { file, tenant, agent, maxBytes, keepMs, commitWindowMs, ledgerFile, openTime: now() };
  const worker = new Worker(workerFile, { workerData: settings });
  const pending = new Map<number, { resolve: (value: never) => void; reject: (fault: Fault) => void; bytes: number }>();
  const listeners = new Set<(notice: OutboxNotice) => void>();
  let pendingBytes = 0;
  let lastId = 0;
  let stopped: Fault | null = null;

  const settle = (id: number) => {
    const call = pending.get(id);
    pending.delete(id);
    pendingBytes -= call?.bytes ?? 0;
    return call;
  };
  const stop = (fault: Fault): void => {
    stopped ??= fault;
    for (const id of [...pending.keys()]) settle(id)?.reject(stopped);
  };
  const ask = <T>(job: WriteJob | ReadJob, bytes = 0): Promise<T> => {
    if (stopped !== null) return Promise.reject(stopped);
    if (bytes > 0 && pendingBytes + bytes > maxPendingBytes)
      return Promise.reject(outboxFault("outbox_behind", `${pendingBytes} bytes wait for ${file}`));
    const id = ++lastId;
    pendingBytes += bytes;
    return new Promise<T>((resolve, reject) => {
      pending.set(id, { resolve: resolve as (value: never) => void, reject, bytes });
      worker.postMessage({ id, job } satisfies WorkerRequest);
    });
  };

  const opened = await new Promise<{ epoch: string; damagedFile: string | null }>((resolve, reject) => {
    worker.on("message", (message: WorkerReply) => {
      if ("opened" in message) resolve(message.opened);
      else if ("refused" in message) reject(faultOf(message.refused));
      else if ("notice" in message) for (const listener of listeners) listener(message);
      else if ("fault" in message) settle(message.id)?.reject(faultOf(message.fault));
      else settle(message.id)?.resolve(message.value as never);
    });
    const onEnd = (detail: string): void => {
      const isSurprise = stopped === null;
      const fault = outboxFault("outbox_stopped", detail);
      stop(fault);
      reject(fault);
      if (isSurprise) options.onStopped?.(fault);
    };
    worker.on("error", (error) => onEnd(`${file}: ${String(error)}`));
    worker.on("exit", (code) => onEnd(`${file}: its thread ended with code ${code}`));
  }).catch(async (error: unknown) => {
    stopped ??= error as Fault;
    await worker.terminate();
    throw error;
  });

  return {
    ...opened,
    commit(commit) {
      const job = commitJob(commit, now());
      return ask<RecordKey[]>(job, 200 + sizeOf(job));
    },
    machineState: (machine) => ask<string | null>({ op: "machineState", machine }),
    learningRows: (machine) => ask<LearningRow[]>({ op: "learningRows", machine }),
    isCommandDone: (id) => ask<boolean>({ op: "isCommandDone", id }),
    nextBatch: (request) => ask<OutboxRecord[]>({ op: "nextBatch", request }),
    mark: async (marks) => void (await ask<RecordKey[]>({ op: "mark", time: now(), ...marks })),
    quarantine: async (key, reason) => void (await ask<RecordKey[]>({ op: "quarantine", time: now(), ...key, reason })),
    quarantined: () => ask<QuarantinedRecord[]>({ op: "quarantined" }),
    counts: () => ask<OutboxCounts>({ op: "counts" }),
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    async close() {
      if (stopped !== null) return;
      const closed = ask<null>({ op: "close" });
      const exit = new Promise((resolve) => worker.once("exit", resolve));
      await closed;
      stopped = outboxFault("outbox_stopped", `${file} was closed`);
      await exit;
    },
  };
}

function commitJob(commit: OutboxCommit, time: Time): WriteJob & { op: "commit" } {
  const records = commit.records ?? [];
  return {
    op: "commit",
    time,
    records: records.map((record) => ({ lane: record.kind, body: JSON.stringify(record) })),
    states: [...(commit.states ?? [])],
    clearLearningRows: [...(commit.clearLearningRows ?? [])],
    learningRows: [...(commit.learningRows ?? [])],
    commandsDone: records.flatMap((record) =>
      record.kind === "event" && record.event === "command_done" && record.command_id !== undefined ? [record.command_id] : [],
    ),
  };
}

const sizeOf = (job: WriteJob & { op: "commit" }): number =>
  [
    ...job.records.map((record) => record.body.length),
    ...job.states.map((state) => state.json.length),
    ...job.learningRows.map((row) => row.body.length),
  ].reduce((sum, n) => sum + n, 0);

const timeOf = (clock: Clock): Time => ({
  boot_id: clock.bootId,
  monotonic_ms: clock.monotonicMs(),
  wall_ms: clock.wallMs(),
  clock: clock.isTrusted() ? "trusted" : "untrusted",
});

const faultOf = ({ code, kind, detail }: FaultParts): Fault => new Fault(code, kind, detail);
