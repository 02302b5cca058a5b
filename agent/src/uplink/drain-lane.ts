// Drains one lane of the outbox: reads batches, publishes them, sends them again on silence, hands poison to quarantine.
// One loop per lane, and one message of it on its way to the broker at a time: a backlog of telemetry never delays a prediction.
import type { Lane } from "@millwright/contract/topics";
import { messageOf } from "@millwright/kit/fault";
import { retrySchedule } from "@millwright/kit/retry-schedule";
import type { Outbox, OutboxRecord } from "../outbox/outbox.ts";
import {
  batchRecords,
  emptyWindow,
  largestBatchBytes,
  nextAction,
  step,
  type WindowAction,
  type WindowInput,
  type WindowSettings,
} from "./lane-window.ts";

export type LaneDrainOptions = {
  lane: Lane;
  outbox: Outbox;
  settings: WindowSettings;
  /** Resolves when the broker took the message; rejects when it did not. */
  publish: (records: readonly OutboxRecord[]) => Promise<void>;
  isConnected: () => boolean;
  /** See `tick` of the window. */
  answeredMs: () => number;
  onResend: () => void;
  onQuarantine: (seq: number) => void;
  onError: (detail: string) => void;
};

export type LaneDrain = {
  connected(): void;
  appended(): void;
  /** The gateway spoke about these. @returns when the newest of them was sent, or -Infinity where none was on its way. */
  settle(isSettled: (seq: number) => boolean): number;
  rewind(fromSeq: number): void;
  /** Resolves when the loop has ended. */
  stop(): Promise<void>;
};

/** Real ms that never step. */
export const realNowMs = (): number => performance.now();
const longestNapMs = 60_000;

export function drainLane(options: LaneDrainOptions): LaneDrain {
  const { outbox, lane, settings } = options;
  const bell = createBell();
  let window = emptyWindow;
  let appends = 0;
  let isStopped = false;
  const feed = (input: WindowInput): void => {
    window = step(window, input, settings);
  };

  // `later`: seqs of the batch that did not fit into this message; they stay in the batch and go with its next try.
  const send = async (batchId: number, records: readonly OutboxRecord[], later: readonly number[] = []): Promise<void> => {
    feed({ input: "sending", batchId, seqs: [...records.map((record) => record.seq), ...later], nowMs: realNowMs() });
    if (records.length === 0) return;
    await withDeadline(options.publish(records), settings.acceptTimeoutMs);
    feed({ input: "accepted", batchId, nowMs: realNowMs(), jitter: Math.random() });
  };
  const resend = async ({ batch }: WindowAction & { action: "send" }): Promise<void> => {
    if (batch.tries > 0) options.onResend();
    const wanted = new Set(batch.seqs);
    const request = {
      lane,
      afterSeq: (batch.seqs[0] as number) - 1,
      untilSeq: batch.seqs.at(-1) as number,
      maxRecords: batchRecords,
      maxBytes: largestBatchBytes,
    };
    const records = await outbox.nextBatch(request);
    const last = records.at(-1)?.seq ?? Number.POSITIVE_INFINITY;
    await send(
      batch.id,
      records.filter((record) => wanted.has(record.seq)),
      batch.seqs.filter((seq) => seq > last),
    );
  };
  const load = async ({ afterSeq, maxBytes }: WindowAction & { action: "load" }): Promise<void> => {
    const appendsBefore = appends;
    const records = await outbox.nextBatch({ lane, afterSeq, maxRecords: batchRecords, maxBytes });
    if (window.cursorSeq !== afterSeq || (records.length === 0 && appends !== appendsBefore)) return;
    const batchId = window.nextId;
    feed({ input: "loaded", seqs: records.map((record) => record.seq), nowMs: realNowMs() });
    if (records.length > 0) await send(batchId, records);
  };
  const condemn = async (seq: number): Promise<void> => {
    await outbox.quarantine({ lane, seq }, "no_receipt");
    options.onQuarantine(seq);
    feed({ input: "settled", isSettled: (one) => one === seq });
  };
  const turn = async (): Promise<void> => {
    if (!options.isConnected()) return bell.wait(longestNapMs);
    feed({ input: "tick", nowMs: realNowMs(), answeredMs: options.answeredMs() });
    const next = nextAction(window, settings);
    if (next.action === "send") return resend(next);
    if (next.action === "load") return load(next);
    if (next.action === "quarantine") return condemn(next.seq);
    return bell.wait(Math.min(longestNapMs, next.untilMs - realNowMs()));
  };
  const run = async (): Promise<void> => {
    let delays = retrySchedule({ firstMs: 100, maxMs: 10_000, minMs: 20 });
    while (!isStopped) {
      try {
        await turn();
        delays = retrySchedule({ firstMs: 100, maxMs: 10_000, minMs: 20 });
      } catch (error) {
        if (isStopped) break;
        if (options.isConnected()) options.onError(`lane ${lane}: ${messageOf(error)}`);
        await bell.wait(delays.next().value);
      }
    }
  };
  const loop = run();

  return {
    connected() {
      feed({ input: "connected" });
      bell.ring();
    },
    appended() {
      appends += 1;
      feed({ input: "appended" });
      bell.ring();
    },
    settle(isSettled) {
      const sentMs = Math.max(...window.batches.filter((batch) => batch.seqs.some(isSettled)).map((batch) => batch.sentMs));
      feed({ input: "settled", isSettled });
      bell.ring();
      return sentMs;
    },
    rewind(fromSeq) {
      feed({ input: "rewound", fromSeq });
      bell.ring();
    },
    stop() {
      isStopped = true;
      bell.ring();
      return loop;
    },
  };
}

// A nap that a ring ends; a ring while nobody naps ends the next nap at once.
function createBell(): { ring: () => void; wait: (ms: number) => Promise<void> } {
  let wake: (() => void) | null = null;
  let hasRung = false;
  return {
    ring() {
      if (wake === null) hasRung = true;
      else wake();
    },
    async wait(ms) {
      if (!hasRung && ms > 0) {
        const { promise, resolve } = Promise.withResolvers<void>();
        const timer = setTimeout(resolve, ms);
        wake = resolve;
        await promise;
        clearTimeout(timer);
        wake = null;
      }
      hasRung = false;
    },
  };
}

async function withDeadline(work: Promise<void>, deadlineMs: number): Promise<void> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`the broker did not take a message in ${deadlineMs} ms`)), deadlineMs);
  try {
    await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
    work.catch(() => {});
  }
}
