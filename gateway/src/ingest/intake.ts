// The way in: messages from the broker → bounded queue → judged → committed in groups → receipts.
// When the queue is full the newest message is dropped: it gets no receipt, so its agent sends it again.
import { setTimeout as delay } from "node:timers/promises";
import { downTopic } from "@millwright/contract/topics";
import { messageOf } from "@millwright/kit/fault";
import type { Emit } from "../events.ts";
import type { Store } from "../store/store.ts";
import { type Committed, commitGroup, type Judged } from "./commit-group.ts";
import { judgeMessage } from "./judge-message.ts";

export const maxQueuedMessages = 512;
export const maxQueuedBytes = 64 * 1024 * 1024;
export const maxGroupMessages = 64;
const pauseAfterFailureMs = 500;

export type IntakeOptions = {
  store: Store;
  /** Machine time, in ms. */
  wallMs: () => number;
  publish: (topic: string, payload: string) => Promise<void>;
  emit: Emit;
  /** After each commit, before the receipts. A rejection is logged and changes nothing. */
  onCommitted: (committed: Committed) => Promise<void>;
};

export type Intake = {
  offer(topic: string, payload: Buffer): void;
  readonly depth: number;
  /** Stops taking, and resolves when what was taken is committed. */
  close(): Promise<void>;
};

type Waiting = { topic: string; payload: Buffer };

export function createIntake(options: IntakeOptions): Intake {
  const queue: Waiting[] = [];
  let queuedBytes = 0;
  let isClosing = false;
  let running: Promise<void> | null = null;
  const closing = Promise.withResolvers<void>();

  // Not while it closes: what was taken is tried once more, and its agents send it again.
  const pause = () => Promise.race([delay(pauseAfterFailureMs), closing.promise]);
  const run = async (): Promise<void> => {
    while (queue.length > 0) {
      const group = queue.splice(0, maxGroupMessages);
      for (const { payload } of group) queuedBytes -= payload.length;
      await commit(
        { ...options, pause },
        group.flatMap(({ topic, payload }) => judgeMessage(topic, payload) ?? []),
      );
    }
    running = null;
  };
  return {
    get depth() {
      return queue.length;
    },
    offer(topic, payload) {
      if (isClosing) return;
      if (queue.length >= maxQueuedMessages || queuedBytes + payload.length > maxQueuedBytes) return options.emit("intake_full", { topic });
      queue.push({ topic, payload });
      queuedBytes += payload.length;
      running ??= Promise.resolve().then(run);
    },
    async close() {
      isClosing = true;
      closing.resolve();
      await running;
    },
  };
}

// A group that the store refuses is tried again message by message, so that one that cannot be stored does not take others with it.
async function commit(options: IntakeOptions & { pause: () => Promise<void> }, group: readonly Judged[]): Promise<void> {
  if (group.length === 0) return;
  const { store, wallMs, emit } = options;
  try {
    await afterCommit(options, await commitGroup(store, group, wallMs()));
  } catch (error) {
    emit("store_refused", { error: messageOf(error), messages: group.length });
    if (group.length === 1) return options.pause();
    for (const message of group) await commit(options, [message]);
  }
}

async function afterCommit({ publish, emit, onCommitted }: IntakeOptions, committed: Committed): Promise<void> {
  emit("records_stored", { records: committed.newRecords.length }, committed.newRecords.length);
  if (committed.deadLetters > 0) emit("dead_lettered", { letters: committed.deadLetters }, committed.deadLetters);
  await onCommitted(committed).catch((error: unknown) => emit("after_commit_failed", { error: messageOf(error) }));
  for (const { to, receipt } of committed.receipts) {
    // A receipt that does not arrive costs a resend, nothing else.
    publish(downTopic(to, "receipt"), JSON.stringify(receipt)).catch((error: unknown) =>
      emit("receipt_not_sent", { error: messageOf(error) }),
    );
  }
}
