// The commits of one machine, in order, each with the state that made it. Where the disk refuses (full, slow, an error that may pass), what was
// to be committed is kept, grows with what comes, and is tried again: a state never overtakes its records.
import { setTimeout as sleep } from "node:timers/promises";
import { Fault, messageOf } from "@millwright/kit/fault";
import { retrySchedule } from "@millwright/kit/retry-schedule";
import type { DiskTrouble } from "./disk-trouble.ts";
import type { LearningRowInput, Outbox, OutboxCommit, UnsentRecord } from "./outbox.ts";

export type MachineCommits = {
  /** Resolves when it is durable; rejects only when the outbox is closed or broken for good. */
  add(commit: OutboxCommit): Promise<void>;
  /** Everything added so far is durable, or will never be. */
  idle(): Promise<void>;
};

export type CommitsOptions = { outbox: Outbox; disk: DiskTrouble };

type Pending = {
  records: UnsentRecord[];
  learningRows: LearningRowInput[];
  clear: string[];
  /** The last of each. */
  states: Map<string, string>;
  settle: PromiseWithResolvers<void>;
};

/** While the disk refuses, so many records of one machine wait in memory; then telemetry is given up, oldest first, and said so. */
const maxWaiting = 5_000;

export function machineCommits(options: CommitsOptions): MachineCommits {
  const { outbox, disk } = options;
  /** Gathered while a commit is on its way. */
  let pending: Pending | null = null;
  let working: Promise<void> | null = null;

  const next = (): void => {
    working = null;
    if (pending === null) return;
    const { records, learningRows, clear, states, settle } = pending;
    pending = null;
    const kept = [...states].map(([machine, json]) => ({ machine, json }));
    settle.resolve(begin({ records, learningRows, clearLearningRows: clear, states: kept }));
  };
  const broken = (error: unknown): void => {
    disk.refused(codeOf(error), messageOf(error));
    next();
  };
  const worked = (): void => disk.worked();
  const begin = (commit: OutboxCommit): Promise<void> => {
    const done = outbox.commit(commit).then(worked, (error: unknown) => tryAgain(options, commit, error));
    working = done.then(next, broken);
    return done;
  };
  const gather = (commit: OutboxCommit): Promise<void> => {
    pending ??= newPending();
    for (const cleared of commit.clearLearningRows ?? []) {
      if (!pending.clear.includes(cleared)) pending.clear.push(cleared);
      pending.learningRows = pending.learningRows.filter(({ machine }) => machine !== cleared);
    }
    pending.records.push(...(commit.records ?? []));
    pending.learningRows.push(...(commit.learningRows ?? []));
    for (const { machine, json } of commit.states ?? []) pending.states.set(machine, json);
    if (pending.records.length > maxWaiting) pending.records = thinned(pending.records, disk);
    return pending.settle.promise;
  };

  return {
    add(commit) {
      if (working === null) return begin(commit);
      // Behind one that waits for company it would wait as well.
      if (commit.withinMs === undefined) outbox.hurry();
      return gather(commit);
    },
    async idle() {
      outbox.hurry();
      while (working !== null) await working;
    },
  };
}

function newPending(): Pending {
  const settle = Promise.withResolvers<void>();
  // Whoever only adds need not hear of it: where it goes wrong is told.
  settle.promise.catch(() => {});
  return { records: [], learningRows: [], clear: [], states: new Map(), settle };
}

async function tryAgain({ outbox, disk }: CommitsOptions, commit: OutboxCommit, refusal: unknown): Promise<void> {
  const delays = retrySchedule({ firstMs: 200, maxMs: 10_000, minMs: 100 });
  for (let error = refusal; ; ) {
    if (!(error instanceof Fault && error.kind === "retry")) throw error;
    disk.refused(codeOf(error), messageOf(error));
    await sleep(delays.next().value);
    try {
      await outbox.commit(commit);
      return disk.worked();
    } catch (again) {
      error = again;
    }
  }
}

function thinned(records: UnsentRecord[], disk: DiskTrouble): UnsentRecord[] {
  const oldest = records.findIndex(({ kind }) => kind === "telemetry");
  if (oldest === -1) return records;
  disk.refused("given_up", `${maxWaiting} records of a machine wait for the disk: its oldest row of telemetry was given up`);
  return records.toSpliced(oldest, 1);
}

const codeOf = (error: unknown): string => (error instanceof Fault ? error.code : "unknown");
