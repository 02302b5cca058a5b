// The commits of one machine, in order, each with the state that made it. Where the disk refuses (full, slow, an error that may pass), what was
// to be committed is kept, grows with what comes, and is tried again: a state never overtakes its records.
import { setTimeout as sleep } from "node:timers/promises";
import { Fault, messageOf } from "@millwright/kit/fault";
import { retrySchedule } from "@millwright/kit/retry-schedule";
import type { LearningRowInput, Outbox, OutboxCommit, UnsentRecord } from "./outbox.ts";

export type MachineCommits = {
  /** Resolves when it is durable; rejects only when the outbox is closed or broken for good. */
  add(commit: OutboxCommit): Promise<void>;
  /** Everything added so far is durable, or will never be. */
  idle(): Promise<void>;
};

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

export function machineCommits({ outbox, onTrouble }: { outbox: Outbox; onTrouble: (detail: string) => void }): MachineCommits {
  let pending: Pending | null = null;
  let running: Promise<void> | null = null;

  const run = async (): Promise<void> => {
    while (pending !== null) {
      const { records, learningRows, clear, states, settle } = pending;
      pending = null;
      try {
        const kept = [...states].map(([machine, json]) => ({ machine, json }));
        await durably({ outbox, onTrouble }, { records, learningRows, clearLearningRows: clear, states: kept });
        settle.resolve();
      } catch (error) {
        onTrouble(messageOf(error));
        settle.reject(error);
      }
    }
    running = null;
  };

  return {
    add(commit) {
      pending ??= { records: [], learningRows: [], clear: [], states: new Map(), settle: Promise.withResolvers() };
      const { clearLearningRows: cleared } = commit;
      if (cleared !== undefined) {
        pending.clear = [...pending.clear, ...cleared];
        pending.learningRows = pending.learningRows.filter((row) => !cleared.includes(row.machine));
      }
      pending.records.push(...(commit.records ?? []));
      pending.learningRows.push(...(commit.learningRows ?? []));
      for (const { machine, json } of commit.states ?? []) pending.states.set(machine, json);
      if (pending.records.length > maxWaiting) pending.records = thinned(pending.records, onTrouble);
      const { promise } = pending.settle;
      running ??= run();
      return promise;
    },
    async idle() {
      while (running !== null) await running;
    },
  };
}

async function durably(
  { outbox, onTrouble }: { outbox: Outbox; onTrouble: (detail: string) => void },
  commit: OutboxCommit,
): Promise<void> {
  for (const delayMs of retrySchedule({ firstMs: 200, maxMs: 10_000, minMs: 100 })) {
    try {
      await outbox.commit(commit);
      return;
    } catch (error) {
      if (!(error instanceof Fault && error.kind === "retry")) throw error;
      onTrouble(messageOf(error));
      await sleep(delayMs);
    }
  }
}

function thinned(records: UnsentRecord[], onTrouble: (detail: string) => void): UnsentRecord[] {
  const oldest = records.findIndex(({ kind }) => kind === "telemetry");
  if (oldest === -1) return records;
  onTrouble(`${maxWaiting} records wait for the disk: the oldest row of telemetry was given up`);
  return records.toSpliced(oldest, 1);
}
