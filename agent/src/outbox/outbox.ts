// The outbox as the rest of the agent sees it: what goes in, what comes out, what is promised.
// Every promise of a write resolves when it is on the disk. A record's key is (tenant, agent, epoch, lane, seq); seq counts from 1.
import type { RejectCode } from "@millwright/contract/down-message";
import type { Lane } from "@millwright/contract/topics";
import type { AnyRecord } from "@millwright/contract/up-message";

type WithoutSeq<R> = R extends unknown ? Omit<R, "seq"> : never;
/** A record before the outbox gave it its number. Its `kind` is its lane. */
export type UnsentRecord = WithoutSeq<AnyRecord>;

export type RecordKey = { lane: Lane; seq: number };

/** What becomes durable together or not at all. `machine` is a key of the caller's choice; `body` is kept as it is. */
export type OutboxCommit = {
  /** An event `command_done` also notes its `command_id`, so that `isCommandDone` holds from this commit on. */
  records?: readonly UnsentRecord[];
  states?: readonly { machine: string; json: string }[];
  /** It may wait so long (real ms) for others to go with; absent: not at all. */
  withinMs?: number;
  /** Applied before `learningRows`. */
  clearLearningRows?: readonly string[];
  learningRows?: readonly LearningRowInput[];
};
export type LearningRowInput = { machine: string; atMs: number; body: string | Uint8Array };
/** `n` grows with every row of the store; rows come back in its order. */
export type LearningRow = { n: number; atMs: number; body: string | Uint8Array };

export type BatchRequest = { lane: Lane; afterSeq: number; untilSeq?: number; maxRecords: number; maxBytes: number };
/** `json` is the whole record, with its seq. */
export type OutboxRecord = { seq: number; json: string };

export type Marks = {
  lane: Lane;
  /** Inclusive. */
  ranges: readonly (readonly [number, number])[];
  rejected: readonly { seq: number; code: RejectCode }[];
  store: string;
  commit: number;
};

export type QuarantinedRecord = { lane: Lane; seq: number; reason: string; atMs: number; body: string };

/**
 * Records. `dropped`: telemetry evicted before the gateway had it. `bytes` on the disk, free pages not counted. `taken`: since this start, with
 * the bytes of their bodies.
 */
export type OutboxCounts = {
  waiting: Record<Lane, number>;
  dropped: number;
  quarantined: number;
  bytes: number;
  taken: { records: number; bytes: number };
};

export type OutboxNotice =
  /** New records wait in these lanes. */
  | { notice: "appended"; lanes: Lane[] }
  /** Records of this lane from `fromSeq` on were marked and wait again: the gateway's store changed. */
  | { notice: "rewound"; lane: Lane; fromSeq: number };

export type Outbox = {
  /** 16 hexadecimal digits, made with the store. */
  readonly epoch: string;
  /** Where a damaged store was moved to when this one was opened; null where the store was good. */
  readonly damagedFile: string | null;
  /** Commits that arrive while a transaction runs share the next one. Their records are numbered in the order of the calls. */
  commit(commit: OutboxCommit): Promise<void>;
  /** What waits for company goes now. */
  hurry(): void;
  machineState(machine: string): Promise<string | null>;
  learningRows(machine: string): Promise<LearningRow[]>;
  isCommandDone(id: string): Promise<boolean>;
  /** Waiting records of one lane, oldest first. One record always comes, even where it alone exceeds `maxBytes`. */
  nextBatch(request: BatchRequest): Promise<OutboxRecord[]>;
  /** What a gateway's receipt says. A store other than the last one, or a commit lower than its last, makes what it has lost wait again. */
  mark(marks: Marks): Promise<void>;
  /** Takes a record out of its lane, keeps it with its reason, and says so in an event. */
  quarantine(key: RecordKey, reason: string): Promise<void>;
  /** The newest quarantined records. */
  quarantined(): Promise<QuarantinedRecord[]>;
  counts(): Promise<OutboxCounts>;
  /** @returns a function that ends the subscription. */
  subscribe(listener: (notice: OutboxNotice) => void): () => void;
  /** After everything asked for so far. */
  close(): Promise<void>;
};
