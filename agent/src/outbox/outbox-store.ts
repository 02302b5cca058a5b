// The outbox's work on its database, without threads or clocks: time arrives with each job, and each job runs inside the caller's transaction.
import { randomBytes } from "node:crypto";
import type { DatabaseSync } from "node:sqlite";
import type { Time } from "@millwright/contract/record";
import { type Lane, lanes } from "@millwright/contract/topics";
import { maxMessageBytes } from "@millwright/contract/up-message";
import { type LaneTable, laneTable, type SeqRange } from "./lane-table.ts";
import { machineMemory } from "./machine-memory.ts";
import type {
  BatchRequest,
  LearningRowInput,
  Marks,
  OutboxCounts,
  OutboxRecord,
  QuarantinedRecord,
  RecordKey,
  UnsentRecord,
} from "./outbox.ts";
import { receiptLog } from "./receipt-log.ts";
import { bytesOf, makeRoom } from "./room.ts";

/** `body`: the record's JSON without seq. */
export type CommitJob = {
  op: "commit";
  time: Time;
  records: { lane: Lane; body: string }[];
  states: { machine: string; json: string }[];
  clearLearningRows: string[];
  learningRows: LearningRowInput[];
  commandsDone: string[];
};
export type WriteJob = CommitJob | ({ op: "mark"; time: Time } & Marks) | ({ op: "quarantine"; time: Time; reason: string } & RecordKey);
/** `keys` of this job's own records; `appended` also holds events the store added. */
export type JobResult = { keys: RecordKey[]; appended: RecordKey[] };

/** The largest record that fits into a message with its envelope (three names of at most 64 characters, and punctuation). */
export const maxRecordBytes = maxMessageBytes - 1024;
const keptQuarantine = 200;
const forgottenPerMark = 20;

export type OutboxStore = ReturnType<typeof outboxStore>;

export function outboxStore(database: DatabaseSync, limits: { maxBytes: number; keepMs: number }) {
  const tables = Object.fromEntries(lanes.map((lane) => [lane, laneTable(database, lane)])) as Record<Lane, LaneTable>;
  const receipts = receiptLog(database, tables);
  const memory = machineMemory(database);
  const epoch = (database.prepare("SELECT value FROM meta WHERE key = 'epoch'").get() as { value: string }).value;
  const addQuarantine = database.prepare("INSERT INTO quarantine (lane, seq, reason, at_ms, body) VALUES (?, ?, ?, ?, ?)");
  const trimQuarantine = database.prepare("DELETE FROM quarantine WHERE id <= (SELECT max(id) FROM quarantine) - ?");
  const allQuarantine = database.prepare("SELECT lane, seq, reason, at_ms AS atMs, body FROM quarantine ORDER BY id");
  const counters = database.prepare("SELECT lane, last_seq AS lastSeq, waiting, dropped, quarantined FROM lane");
  type Counters = { lane: Lane; lastSeq: number; waiting: number; dropped: number; quarantined: number };

  // The newest gap event grows with the next eviction for as long as nobody has been given it: one event for an outage, not one a second.
  let givenEventSeq = (counters.all() as Counters[]).find((row) => row.lane === "event")?.lastSeq ?? 0;
  let openGap: (SeqRange & { seq: number }) | null = null;

  const addEvent = (time: Time, event: StoreEvent): RecordKey => {
    const seq = tables.event.take(1);
    tables.event.insert(seq, bodyOf(time, event));
    return { lane: "event", seq };
  };
  const keepAside = (key: RecordKey, reason: string, time: Time, body: string): void => {
    addQuarantine.run(key.lane, key.seq, reason, time.wall_ms, body.slice(0, maxMessageBytes));
    trimQuarantine.run(keptQuarantine);
  };
  const tellGap = (time: Time, run: SeqRange): RecordKey[] => {
    if (openGap !== null && openGap.seq > givenEventSeq && openGap.to === run.from - 1) {
      const grown = { ...openGap, to: run.to };
      if (tables.event.replace(grown.seq, bodyOf(time, gapEvent(grown)))) {
        openGap = grown;
        return [];
      }
    }
    const key = addEvent(time, gapEvent(run));
    openGap = { ...run, seq: key.seq };
    return [key];
  };

  const append = (job: CommitJob): JobResult => {
    const next = new Map<Lane, number>();
    for (const lane of lanes) {
      const n = job.records.filter((record) => record.lane === lane).length;
      if (n > 0) next.set(lane, tables[lane].take(n));
    }
    const extra: RecordKey[] = [];
    const keys = job.records.map(({ lane, body }): RecordKey => {
      const seq = next.get(lane) as number;
      next.set(lane, seq + 1);
      const key = { lane, seq };
      const bytes = Buffer.byteLength(body);
      if (bytes <= maxRecordBytes) tables[lane].insert(seq, body);
      else {
        tables[lane].countQuarantined();
        keepAside(key, "too_large", job.time, body);
        extra.push(key);
      }
      return key;
    });
    return { keys, appended: [...keys, ...extra.map((key) => addEvent(job.time, quarantineEvent(key, "too_large")))] };
  };

  const commit = (job: CommitJob): JobResult => {
    for (const { machine, json } of job.states) memory.putState(machine, json);
    for (const machine of job.clearLearningRows) memory.clearRows(machine);
    for (const row of job.learningRows) memory.addRow(row);
    for (const id of job.commandsDone) memory.noteCommand(id);
    const { keys, appended } = append(job);
    const gaps = makeRoom(database, tables.telemetry, receipts, limits.maxBytes).flatMap((run) => tellGap(job.time, run));
    return { keys, appended: [...appended, ...gaps] };
  };

  const mark = (job: { time: Time } & Marks): JobResult => {
    receipts.adopt(job.store, job.commit);
    for (const { seq, code } of job.rejected) {
      const body = tables[job.lane].withdraw(seq);
      if (body !== null) keepAside({ lane: job.lane, seq }, code, job.time, body);
    }
    for (const [from, to] of job.ranges) {
      if (tables[job.lane].mark({ from, to }) > 0)
        receipts.add(job.lane, { from, to }, { store: job.store, commit: job.commit, atMs: job.time.wall_ms });
    }
    if (job.time.clock === "trusted") receipts.forgetOldest(forgottenPerMark, job.time.wall_ms - limits.keepMs);
    return { keys: [], appended: [] };
  };

  const quarantine = (job: { time: Time; reason: string } & RecordKey): JobResult => {
    const key = { lane: job.lane, seq: job.seq };
    const body = tables[key.lane].withdraw(key.seq);
    if (body === null) return { keys: [], appended: [] };
    keepAside(key, job.reason, job.time, body);
    return { keys: [], appended: [addEvent(job.time, quarantineEvent(key, job.reason))] };
  };

  return {
    epoch,
    apply: (job: WriteJob): JobResult => (job.op === "commit" ? commit(job) : job.op === "mark" ? mark(job) : quarantine(job)),
    /** Says in an event that a damaged store was moved aside. */
    tellDamage: (time: Time, file: string): RecordKey => addEvent(time, damageEvent(file)),
    /** After a transaction failed: what memory says of it is void. */
    forgetOpenGap(): void {
      openGap = null;
    },
    hasStale: receipts.hasStale,
    rewindSome: receipts.rewindSome,
    machineState: memory.state,
    learningRows: memory.rows,
    isCommandDone: memory.isCommandDone,
    nextBatch(request: BatchRequest): OutboxRecord[] {
      const records = tables[request.lane].read(request);
      if (request.lane === "event") givenEventSeq = Math.max(givenEventSeq, records.at(-1)?.seq ?? 0);
      return records;
    },
    quarantined: (): QuarantinedRecord[] => allQuarantine.all().map((row) => ({ ...row }) as QuarantinedRecord),
    counts(): OutboxCounts {
      const rows = counters.all() as Counters[];
      const total = (pick: (row: Counters) => number): number => rows.reduce((sum, row) => sum + pick(row), 0);
      const waiting = Object.fromEntries(rows.map((row) => [row.lane, row.waiting])) as Record<Lane, number>;
      return { waiting, dropped: total((row) => row.dropped), quarantined: total((row) => row.quarantined), bytes: bytesOf(database) };
    },
  };
}

type UnsentEvent = Extract<UnsentRecord, { kind: "event" }>;
type StoreEvent = Omit<UnsentEvent, "trace_id" | "time" | "kind">;

const bodyOf = (time: Time, event: StoreEvent): string =>
  JSON.stringify({ trace_id: randomBytes(8).toString("hex"), time, kind: "event", ...event } satisfies UnsentEvent);

const gapEvent = ({ from, to }: SeqRange): StoreEvent => ({
  event: "records_dropped",
  severity: "warning",
  text: `The buffer is full: ${to - from + 1} rows of telemetry were dropped, oldest first (${from} to ${to})`,
  gap: { lane: "telemetry", from, to },
});

const quarantineEvent = ({ lane, seq }: RecordKey, reason: string): StoreEvent => ({
  event: "records_dropped",
  severity: "error",
  text: `Record ${seq} of lane ${lane} is kept on the box and not sent: ${reason}`.slice(0, 500),
  gap: { lane, from: seq, to: seq },
});

const damageEvent = (file: string): StoreEvent => ({
  event: "records_dropped",
  severity: "error",
  text: `The outbox was damaged and was moved to ${file.slice(-300)}; what waited in it is not sent, and machines go on without their earlier state`,
});
