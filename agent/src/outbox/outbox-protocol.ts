// What the agent's main thread and the outbox's thread say to each other. Types only; everything here passes structured clone.
import type { Time } from "@millwright/contract/record";
import type { Lane } from "@millwright/contract/topics";
import type { FaultKind } from "@millwright/kit/fault";
import type { Bodies } from "./body-buffer.ts";
import type { BatchRequest, LearningRowInput, Marks, OutboxNotice, RecordKey } from "./outbox.ts";

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

/** What was to be committed in one turn of the main thread's loop. A body is a record's JSON without its seq. */
export type CommitJob = {
  op: "commit";
  time: Time;
  /** Of the lanes that have any. */
  bodies: Partial<Record<Lane, Bodies>>;
  states: { machine: string; json: string }[];
  clearLearningRows: string[];
  learningRows: LearningRowInput[];
  commandsDone: string[];
};
export type MarkJob = { op: "mark"; time: Time } & Marks;
export type QuarantineJob = { op: "quarantine"; time: Time; reason: string } & RecordKey;
/** Records of one lane, numbered one after the other; inclusive. */
export type LaneRun = { lane: Lane; from: number; to: number };
/**
 * `appended`: the job's own records, a run for each lane. `droppedTo`: the last waiting record of telemetry that was dropped to make room, else 0.
 * `bodies` are the job's: their buffers were lent.
 */
export type CommitReply = { appended: readonly LaneRun[]; droppedTo: number } & Pick<CommitJob, "bodies">;
export type WriteJob = CommitJob | MarkJob | QuarantineJob;

export type ReadJob =
  | { op: "machineState"; machine: string }
  | { op: "learningRows"; machine: string }
  | { op: "isCommandDone"; id: string }
  | { op: "nextBatch"; request: BatchRequest }
  | { op: "quarantined" }
  | { op: "counts" };
export type WorkerRequest = { id: number; job: WriteJob | ReadJob | { op: "close" } };
/** What was asked in one turn of the main thread's loop: one message a turn costs less than one a job. */
export type WorkerRequests = WorkerRequest[];

/** A Fault loses its class on the way between threads. */
export type FaultParts = { code: string; kind: FaultKind; detail: string };
export type Opened = { epoch: string; damagedFile: string | null };
export type WorkerReply =
  | { id: number; value: unknown }
  | { id: number; fault: FaultParts }
  | { opened: Opened }
  | { refused: FaultParts }
  | OutboxNotice;
export type WorkerReplies = WorkerReply[];
