// The thread that owns the outbox's database. All writes that have arrived share one transaction; reads are answered between transactions.
// A slow disk stalls this thread only.
import { appendFileSync } from "node:fs";
import { parentPort, workerData } from "node:worker_threads";
import type { Time } from "@millwright/contract/record";
import type { Lane } from "@millwright/contract/topics";
import { Fault, messageOf } from "@millwright/kit/fault";
import { inTransaction } from "@millwright/kit/sqlite";
import type { BatchRequest, OutboxNotice, RecordKey } from "./outbox.ts";
import { outboxFault } from "./outbox-fault.ts";
import { type JobResult, type OutboxStore, outboxStore, type WriteJob } from "./outbox-store.ts";
import { isDamage, noteDamage, openStoreFile } from "./store-file.ts";

export type WorkerSettings = {
  file: string;
  tenant: string;
  agent: string;
  maxBytes: number;
  keepMs: number;
  commitWindowMs: number;
  ledgerFile: string | null;
  openTime: Time;
};
export type ReadJob =
  | { op: "machineState"; machine: string }
  | { op: "learningRows"; machine: string }
  | { op: "isCommandDone"; id: string }
  | { op: "nextBatch"; request: BatchRequest }
  | { op: "quarantined" }
  | { op: "counts" }
  | { op: "close" };
export type WorkerRequest = { id: number; job: WriteJob | ReadJob };
export type FaultParts = { code: string; kind: Fault["kind"]; detail: string };
export type WorkerReply =
  | { id: number; value: unknown }
  | { id: number; fault: FaultParts }
  | { opened: { epoch: string; damagedFile: string | null } }
  | { refused: FaultParts }
  | OutboxNotice;

// A transaction larger than this gains nothing and delays the first of its group.
const jobsPerTransaction = 1_000;
const receiptsPerRewind = 50;

const port = parentPort;
if (port === null) throw new Error("outbox-worker runs as a worker thread");
const settings = workerData as WorkerSettings;
const reply = (message: WorkerReply): void => port.postMessage(message);

try {
  serve();
} catch (error) {
  reply({ refused: partsOf(error) });
}

function serve(): void {
  const { database, damagedFile } = openStoreFile(settings.file, settings.openTime.wall_ms);
  const store = outboxStore(database, settings);
  if (damagedFile !== null) writeLedger(store, [inTransaction(database, () => store.tellDamage(settings.openTime, damagedFile))]);

  let queue: { id: number; job: WriteJob }[] = [];
  let timer: NodeJS.Timeout | null = null;
  const schedule = (delayMs: number): void => {
    timer ??= setTimeout(flush, delayMs);
  };
  const unschedule = (): void => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
  };
  const flush = (): void => {
    unschedule();
    const group = queue.slice(0, jobsPerTransaction);
    queue = queue.slice(jobsPerTransaction);
    if (group.length > 0) commitGroup(group);
    if (store.hasStale()) rewind();
    if (queue.length > 0 || store.hasStale()) schedule(0);
  };
  const commitGroup = (group: { id: number; job: WriteJob }[]): void => {
    let results: JobResult[];
    try {
      results = inTransaction(database, () => group.map(({ job }) => store.apply(job)));
    } catch (error) {
      store.forgetOpenGap();
      const fault = partsOf(error);
      for (const { id } of group) reply({ id, fault });
      return;
    }
    const appended = results.flatMap((result) => result.appended);
    writeLedger(store, appended);
    group.forEach(({ id }, index) => reply({ id, value: results[index]?.keys }));
    if (appended.length > 0) reply({ notice: "appended", lanes: [...new Set(appended.map((key): Lane => key.lane))] });
  };
  const rewind = (): void => {
    for (const rewound of inTransaction(database, () => store.rewindSome(receiptsPerRewind))) reply({ notice: "rewound", ...rewound });
  };
  const answer = (id: number, job: ReadJob): void => {
    try {
      if (job.op !== "close") return reply({ id, value: read(store, job) });
      while (queue.length > 0) flush();
      unschedule();
      database.close();
      reply({ id, value: null });
      port?.close();
    } catch (error) {
      reply({ id, fault: partsOf(error) });
    }
  };

  port?.on("message", ({ id, job }: WorkerRequest) => {
    if (job.op !== "commit" && job.op !== "mark" && job.op !== "quarantine") return answer(id, job);
    queue.push({ id, job });
    schedule(settings.commitWindowMs);
  });
  if (store.hasStale()) schedule(0);
  reply({ opened: { epoch: store.epoch, damagedFile } });
}

function read(store: OutboxStore, job: Exclude<ReadJob, { op: "close" }>): unknown {
  switch (job.op) {
    case "machineState":
      return store.machineState(job.machine);
    case "learningRows":
      return store.learningRows(job.machine);
    case "isCommandDone":
      return store.isCommandDone(job.id);
    case "nextBatch":
      return store.nextBatch(job.request);
    case "quarantined":
      return store.quarantined();
    case "counts":
      return store.counts();
  }
}

// For a harness outside: what is durable here. It is evidence, not state, so a failure to write it stops nothing.
function writeLedger(store: OutboxStore, keys: readonly RecordKey[]): void {
  if (settings.ledgerFile === null || keys.length === 0) return;
  const { tenant, agent } = settings;
  const lines = keys.map(({ lane, seq }) => `${JSON.stringify({ tenant, agent, epoch: store.epoch, lane, seq })}\n`);
  try {
    appendFileSync(settings.ledgerFile, lines.join(""));
  } catch (error) {
    process.stderr.write(`ledger ${settings.ledgerFile}: ${messageOf(error)}\n`);
  }
}

function partsOf(error: unknown): FaultParts {
  if (isDamage(error)) noteDamage(settings.file, messageOf(error));
  const fault =
    error instanceof Fault
      ? error
      : outboxFault(isDamage(error) ? "outbox_damaged" : "outbox_write_failed", `${settings.file}: ${messageOf(error)}`);
  return { code: fault.code, kind: fault.kind, detail: fault.detail };
}
