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
  const begin = (commit: OutboxCommit): Promise<void> => {
    const done = durably(options, commit);
    working = done.then(next, (error: unknown) => {
      options.disk.refused(codeOf(error), messageOf(error));
      next();
    });
    return done;
  };
  const gather = (commit: OutboxCommit): Promise<void> => {
    pending ??= { records: [], learningRows: [], clear: [], states: new Map(), settle: Promise.withResolvers() };
    for (const cleared of commit.clearLearningRows ?? []) {
      if (!pending.clear.includes(cleared)) pending.clear.push(cleared);
      pending.learningRows = pending.learningRows.filter(({ machine }) => machine !== cleared);
    }
    pending.records.push(...(commit.records ?? []));
    pending.learningRows.push(...(commit.learningRows ?? []));
    for (const { machine, json } of commit.states ?? []) pending.states.set(machine, json);
    if (pending.records.length > maxWaiting) pending.records = thinned(pending.records, options.disk);
    return pending.settle.promise;
  };

  return {
    add(commit) {
      if (working === null) return begin(commit);
      // Behind one that waits for company it would wait as well.
      if (commit.withinMs === undefined) options.outbox.hurry();
      return gather(commit);
    },
    async idle() {
      options.outbox.hurry();
      while (working !== null) await working;
    },
  };
}

async function durably({ outbox, disk }: CommitsOptions, commit: OutboxCommit): Promise<void> {
  let delays: Iterator<number, number> | null = null;
  for (;;) {
    try {
      await outbox.commit(commit);
      disk.worked();
      return;
    } catch (error) {
      if (!(error instanceof Fault && error.kind === "retry")) throw error;
      disk.refused(codeOf(error), messageOf(error));
      delays ??= retrySchedule({ firstMs: 200, maxMs: 10_000, minMs: 100 });
      await sleep(delays.next().value);
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
