// The thread that owns the outbox's database: writes share transactions, reads are answered between them. A slow disk stalls this thread only.
import { appendFileSync } from "node:fs";
import { isMainThread, type MessagePort, parentPort, workerData } from "node:worker_threads";
import type { Lane } from "@millwright/contract/topics";
import { Fault, messageOf } from "@millwright/kit/fault";
import { inTransaction } from "@millwright/kit/sqlite";
import { agentFault } from "../faults.ts";
import { groupCommit, type PendingWrite } from "./group-commit.ts";
import type { FaultParts, LaneRun, ReadJob, WorkerReplies, WorkerRequest, WorkerRequests, WorkerSettings } from "./outbox-protocol.ts";
import { type OutboxStore, outboxStore } from "./outbox-store.ts";
import { isDamage, noteDamage, openStoreFile } from "./store-file.ts";

const settings = workerData as WorkerSettings;
const port = parentPort as MessagePort;
const reply = (...replies: WorkerReplies): void => port.postMessage(replies);
/** With the buffers that were lent. */
const replyCommits = (replies: WorkerReplies, group: readonly PendingWrite[]): void => {
  const lent = group.flatMap(({ job }) => (job.op === "commit" ? Object.values(job.bodies) : []));
  const buffers = lent.map(({ bytes }) => bytes.buffer);
  port.postMessage(replies, buffers);
};

try {
  // `check` loads this file only to have it compiled.
  if (!isMainThread) serve();
} catch (error) {
  reply({ refused: partsOf(error) });
}

function serve(): void {
  const { database, damagedFile } = openStoreFile(settings.file, settings.openTime.wall_ms);
  const store = outboxStore(database, settings);
  if (damagedFile !== null) writeLedger(store.epoch, [inTransaction(database, () => store.tellDamage(settings.openTime, damagedFile))]);

  const writes = groupCommit({
    database,
    store,
    windowMs: settings.commitWindowMs,
    onDurable(group, results) {
      const appended = results.flatMap(({ reply, told }) => [...(reply?.appended ?? []), ...told]);
      writeLedger(store.epoch, appended);
      const replies: WorkerReplies = group.map(({ id }, index) => ({ id, value: results[index]?.reply }));
      if (appended.length > 0) replies.push({ notice: "appended", lanes: [...new Set(appended.map((run): Lane => run.lane))] });
      replyCommits(replies, group);
    },
    onFailed(group, error) {
      const fault = partsOf(error);
      reply(...group.map(({ id }) => ({ id, fault })));
    },
    onRewound(rewound) {
      reply(...rewound.map((one) => ({ notice: "rewound" as const, ...one })));
    },
  });
  const close = (id: number): void => {
    writes.drain();
    database.close();
    reply({ id, value: null });
    port.close();
  };

  const take = ({ id, job }: WorkerRequest): void => {
    try {
      if (job.op === "commit" || job.op === "mark" || job.op === "quarantine") writes.add({ id, job });
      else if (job.op === "close") close(id);
      else reply({ id, value: read(store, job) });
    } catch (error) {
      reply({ id, fault: partsOf(error) });
    }
  };
  port.on("message", (requests: WorkerRequests) => {
    for (const request of requests) take(request);
  });
  reply({ opened: { epoch: store.epoch, damagedFile } });
}

function read(store: OutboxStore, job: ReadJob): unknown {
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
function writeLedger(epoch: string, runs: readonly LaneRun[]): void {
  if (settings.ledgerFile === null || runs.length === 0) return;
  const { tenant, agent } = settings;
  const line = (lane: Lane, seq: number): string => `${JSON.stringify({ tenant, agent, epoch, lane, seq })}\n`;
  const lines = runs.flatMap(({ lane, from, to }) => Array.from({ length: to - from + 1 }, (_, n) => line(lane, from + n)));
  try {
    appendFileSync(settings.ledgerFile, lines.join(""));
  } catch (error) {
    process.stderr.write(`ledger ${settings.ledgerFile}: ${messageOf(error)}\n`);
  }
}

function partsOf(error: unknown): FaultParts {
  if (isDamage(error)) noteDamage(settings.file, messageOf(error));
  const code = isDamage(error) ? "outbox_damaged" : "outbox_write_failed";
  const fault = error instanceof Fault ? error : agentFault(code, `${settings.file}: ${messageOf(error)}`);
  return { code: fault.code, kind: fault.kind, detail: fault.detail };
}
