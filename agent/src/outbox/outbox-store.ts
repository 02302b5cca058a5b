// The outbox's work on its database, without threads or clocks: time arrives with each job, and each job runs inside the caller's transaction.
import type { DatabaseSync } from "node:sqlite";
import type { Time } from "@millwright/contract/record";
import { type Lane, lanes } from "@millwright/contract/topics";
import type { Bodies } from "./body-buffer.ts";
import { eventTeller } from "./event-teller.ts";
import { type LaneTable, laneTable } from "./lane-table.ts";
import { machineMemory } from "./machine-memory.ts";
import type { BatchRequest, OutboxCounts, OutboxRecord, RecordKey } from "./outbox.ts";
import type { CommitJob, CommitReply, LaneRun, MarkJob, QuarantineJob, WriteJob } from "./outbox-protocol.ts";
import { quarantineTable } from "./quarantine-table.ts";
import { receiptLog } from "./receipt-log.ts";
import { type BodyRun, runsOfBodies } from "./record-runs.ts";
import { isOversize } from "./record-text.ts";
import { bytesOf, makeRoom } from "./room.ts";
import { damageEvent, quarantineEvent } from "./store-event.ts";

/** `told`: events that the store added. */
export type JobResult = { reply: CommitReply | null; told: LaneRun[] };
export type StoreLimits = { maxBytes: number; keepMs: number };
export type OutboxStore = ReturnType<typeof outboxStore>;

type Counters = { lane: Lane; lastSeq: number; waiting: number; dropped: number; quarantined: number };

const receiptsForgottenPerMark = 20;
const nothingNew: JobResult = { reply: null, told: [] };

export function outboxStore(database: DatabaseSync, limits: StoreLimits) {
  const tables = Object.fromEntries(lanes.map((lane) => [lane, laneTable(database, lane)])) as Record<Lane, LaneTable>;
  const receipts = receiptLog(database, tables);
  const memory = machineMemory(database);
  const quarantined = quarantineTable(database);
  const counters = database.prepare("SELECT lane, last_seq AS lastSeq, waiting, dropped, quarantined FROM lane");
  const countersNow = (): Counters[] => counters.all() as Counters[];
  const events = eventTeller(tables.event, countersNow().find((row) => row.lane === "event")?.lastSeq ?? 0);
  const bytes = bytesOf(database);
  const taken = { records: 0, bytes: 0 };
  const { value: epoch } = database.prepare("SELECT value FROM meta WHERE key = 'epoch'").get() as { value: string };

  const refuseOversize = (key: RecordKey, job: CommitJob, { text }: BodyRun): LaneRun => {
    const body = typeof text === "string" ? text : Buffer.from(text).toString();
    quarantined.add({ ...key, reason: "too_large", atMs: job.time.wall_ms, body });
    return events.tell(job.time, quarantineEvent(key, "too_large"));
  };

  // Numbers first: what is told of these records comes behind them.
  const append = (job: CommitJob): { appended: NumberedRuns[]; told: LaneRun[] } => {
    const appended = lanes.flatMap((lane) => takeNumbers(tables[lane], job.bodies[lane]));
    return { appended, told: appended.flatMap((numbered) => appendTo(numbered, job)) };
  };
  const appendTo = ({ lane, from, runs }: NumberedRuns, job: CommitJob): LaneRun[] => {
    const told: LaneRun[] = [];
    let seq = from;
    for (const run of runs) {
      if (isOversize(run.text)) told.push(refuseOversize({ lane, seq }, job, run));
      else tables[lane].insert(seq, run);
      seq += run.records;
      taken.records += run.records;
      taken.bytes += Buffer.byteLength(run.text) - (run.records - 1);
    }
    return told;
  };

  const commit = (job: CommitJob): JobResult => {
    for (const { machine, json } of job.states) memory.putState(machine, json);
    for (const machine of job.clearLearningRows) memory.clearRows(machine);
    for (const row of job.learningRows) memory.addRow(row);
    for (const id of job.commandsDone) memory.noteCommand(id);
    const { appended, told } = append(job);
    const dropped = makeRoom(bytes, tables.telemetry, receipts, limits.maxBytes);
    const gaps = dropped.flatMap((run) => events.tellGap(job.time, run));
    const reply = {
      appended: appended.map(({ lane, from, to }) => ({ lane, from, to })),
      droppedTo: dropped.at(-1)?.to ?? 0,
      bodies: job.bodies,
    };
    return { reply, told: [...told, ...gaps] };
  };

  const mark = ({ lane, ranges, rejected, store, commit: commitNo, time }: MarkJob): JobResult => {
    receipts.adopt(store, commitNo);
    for (const { seq, code } of rejected) {
      const body = tables[lane].withdraw(seq);
      if (body !== null) quarantined.add({ lane, seq, reason: code, atMs: time.wall_ms, body });
    }
    for (const [from, to] of ranges) {
      for (const run of tables[lane].mark({ from, to })) receipts.add(lane, run, { store, commit: commitNo, atMs: time.wall_ms });
    }
    if (time.clock === "trusted") receipts.forgetOldest(receiptsForgottenPerMark, time.wall_ms - limits.keepMs);
    return nothingNew;
  };

  const quarantine = ({ lane, seq, reason, time }: QuarantineJob): JobResult => {
    const body = tables[lane].withdraw(seq);
    if (body === null) return nothingNew;
    quarantined.add({ lane, seq, reason, atMs: time.wall_ms, body });
    return { reply: null, told: [events.tell(time, quarantineEvent({ lane, seq }, reason))] };
  };

  return {
    epoch,
    apply(job: WriteJob): JobResult {
      switch (job.op) {
        case "commit":
          return commit(job);
        case "mark":
          return mark(job);
        case "quarantine":
          return quarantine(job);
      }
    },
    /** Says in an event that a damaged store was moved aside. */
    tellDamage: (time: Time, file: string): LaneRun => events.tell(time, damageEvent(file)),
    rolledBack(): void {
      events.rolledBack();
      receipts.rolledBack();
    },
    hasStale: receipts.hasStale,
    rewindSome: receipts.rewindSome,
    machineState: memory.state,
    learningRows: memory.rows,
    isCommandDone: memory.isCommandDone,
    nextBatch(request: BatchRequest): OutboxRecord[] {
      const records = tables[request.lane].read(request);
      if (request.lane === "event") events.gaveOut(records.at(-1)?.seq ?? 0);
      return records;
    },
    quarantined: quarantined.all,
    counts(): OutboxCounts {
      const rows = countersNow();
      const waiting = Object.fromEntries(rows.map((row) => [row.lane, row.waiting])) as Record<Lane, number>;
      return {
        waiting,
        dropped: sum(rows.map((row) => row.dropped)),
        quarantined: sum(rows.map((row) => row.quarantined)),
        bytes: bytes(),
        taken: { ...taken },
      };
    },
  };
}

type NumberedRuns = LaneRun & { readonly runs: readonly BodyRun[] };

function takeNumbers(table: LaneTable, bodies: Bodies | undefined): NumberedRuns[] {
  if (bodies === undefined) return [];
  const runs = runsOfBodies(bodies);
  const n = bodies.ends.length;
  const oversize = runs.filter(({ text }) => isOversize(text)).length;
  const from = table.take(n, n - oversize);
  return [{ lane: table.lane, from, to: from + n - 1, runs }];
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, n) => total + n, 0);
