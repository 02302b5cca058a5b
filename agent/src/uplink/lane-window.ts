// The window of one lane: which batches wait for the gateway's receipt, when each is sent again, and which record is to blame for silence.
// Pure: time and chance arrive as numbers. Milliseconds of real time (network deadlines are never machine time).
//
// A batch is due again when no receipt came in time. It is blamed only where the gateway has meanwhile confirmed something sent *later*: a gateway
// that is absent or slow condemns nothing. A blamed batch is halved; a single record that is blamed often enough is poison.
import { maxMessageBytes, maxRecordsPerMessage } from "@millwright/contract/up-message";

export type WindowSettings = {
  /** Unreceipted batches at once. */
  batches: number;
  /** First wait for a receipt after the broker took the batch; doubles with every try up to `maxReceiptTimeoutMs`. */
  receiptTimeoutMs: number;
  maxReceiptTimeoutMs: number;
  /** How long the broker may take to accept a message on a connection that stands. */
  acceptTimeoutMs: number;
  /** Silences of a batch before it is halved, of a record before it is poison. */
  silences: number;
};
export const windowSettings: WindowSettings = {
  batches: 4,
  receiptTimeoutMs: 5_000,
  maxReceiptTimeoutMs: 60_000,
  acceptTimeoutMs: 60_000,
  silences: 3,
};

export type Batch = {
  id: number;
  seqs: readonly number[];
  state: "waiting" | "due" | "poison";
  tries: number;
  silences: number;
  sentMs: number;
  dueMs: number;
};
export type LaneWindow = {
  /** Last seq taken from the outbox. */
  cursorSeq: number;
  /** The outbox had nothing after the cursor. */
  isExhausted: boolean;
  batches: readonly Batch[];
  /** Size of the next batch, fitted to the line so that one takes about a second and a new prediction never waits behind megabytes. */
  batchBytes: number;
  nextId: number;
};

export type WindowInput =
  | { input: "connected" }
  | { input: "appended" }
  | { input: "loaded"; seqs: readonly number[]; nowMs: number }
  /** Records of a batch that are still in the outbox, about to be sent. */
  | { input: "sending"; batchId: number; seqs: readonly number[]; nowMs: number }
  /** The broker took it. `jitter` from 0 to 1. */
  | { input: "accepted"; batchId: number; nowMs: number; jitter: number }
  | { input: "settled"; isSettled: (seq: number) => boolean }
  | { input: "rewound"; fromSeq: number }
  /** `answeredMs`: when the newest batch of any lane that the gateway has confirmed was sent. */
  | { input: "tick"; nowMs: number; answeredMs: number };

export type WindowAction =
  | { action: "send"; batch: Batch }
  | { action: "quarantine"; seq: number }
  | { action: "load"; afterSeq: number; maxBytes: number }
  | { action: "wait"; untilMs: number };

const firstBatchBytes = 64 * 1024;
const smallestBatchBytes = 4 * 1024;
/** What a message may take for its records, with room for the envelope. */
export const largestBatchBytes = maxMessageBytes - 512;
const slowMs = 2_000;
const fastMs = 500;

export const emptyWindow: LaneWindow = { cursorSeq: 0, isExhausted: false, batches: [], batchBytes: firstBatchBytes, nextId: 1 };

/** What to do now; call `step` with a tick first. */
export function nextAction(window: LaneWindow, settings: WindowSettings): WindowAction {
  const poison = window.batches.find((batch) => batch.state === "poison");
  if (poison !== undefined) return { action: "quarantine", seq: poison.seqs[0] as number };
  const due = window.batches.find((batch) => batch.state === "due");
  if (due !== undefined) return { action: "send", batch: due };
  if (!window.isExhausted && window.batches.length < settings.batches)
    return { action: "load", afterSeq: window.cursorSeq, maxBytes: window.batchBytes };
  return { action: "wait", untilMs: Math.min(...window.batches.map((batch) => batch.dueMs)) };
}

export function step(window: LaneWindow, input: WindowInput, settings: WindowSettings): LaneWindow {
  switch (input.input) {
    case "connected":
      return {
        ...window,
        isExhausted: false,
        batches: window.batches.map((batch) => (batch.state === "waiting" ? { ...batch, state: "due" } : batch)),
      };
    case "appended":
      return { ...window, isExhausted: false };
    case "loaded":
      return loaded(window, input.seqs, input.nowMs);
    case "sending":
      return sending(window, input, settings);
    case "accepted":
      return accepted(window, input, settings);
    case "settled":
      return {
        ...window,
        batches: withoutEmpty(window.batches.map((batch) => ({ ...batch, seqs: batch.seqs.filter((seq) => !input.isSettled(seq)) }))),
      };
    case "rewound":
      return { ...window, isExhausted: false, batches: [], cursorSeq: Math.min(window.cursorSeq, input.fromSeq - 1) };
    case "tick":
      return ticked(window, input, settings);
  }
}

function loaded(window: LaneWindow, seqs: readonly number[], nowMs: number): LaneWindow {
  const last = seqs.at(-1);
  if (last === undefined) return { ...window, isExhausted: true };
  const batch: Batch = { id: window.nextId, seqs, state: "due", tries: 0, silences: 0, sentMs: nowMs, dueMs: nowMs };
  return { ...window, cursorSeq: last, batches: [...window.batches, batch], nextId: window.nextId + 1 };
}

function sending(window: LaneWindow, { batchId, seqs, nowMs }: WindowInput & { input: "sending" }, settings: WindowSettings): LaneWindow {
  const dueMs = nowMs + settings.acceptTimeoutMs;
  return {
    ...window,
    batches: withoutEmpty(
      window.batches.map((batch) =>
        batch.id === batchId ? { ...batch, seqs, state: "waiting", tries: batch.tries + 1, sentMs: nowMs, dueMs } : batch,
      ),
    ),
  };
}

function accepted(
  window: LaneWindow,
  { batchId, nowMs, jitter }: WindowInput & { input: "accepted" },
  settings: WindowSettings,
): LaneWindow {
  const batch = window.batches.find((one) => one.id === batchId);
  if (batch === undefined) return window;
  const timeoutMs = Math.min(settings.receiptTimeoutMs * 2 ** (batch.tries - 1), settings.maxReceiptTimeoutMs) * (1 + jitter / 4);
  const tookMs = nowMs - batch.sentMs;
  const batchBytes = tookMs > slowMs ? window.batchBytes / 2 : tookMs < fastMs ? window.batchBytes * 2 : window.batchBytes;
  return {
    ...window,
    batchBytes: Math.min(largestBatchBytes, Math.max(smallestBatchBytes, batchBytes)),
    batches: window.batches.map((one) => (one.id === batchId ? { ...one, dueMs: nowMs + timeoutMs } : one)),
  };
}

function ticked(window: LaneWindow, { nowMs, answeredMs }: WindowInput & { input: "tick" }, settings: WindowSettings): LaneWindow {
  if (!window.batches.some((batch) => batch.state === "waiting" && batch.dueMs <= nowMs)) return window;
  let nextId = window.nextId;
  const batches = window.batches.flatMap((batch): Batch[] => {
    if (batch.state !== "waiting" || batch.dueMs > nowMs) return [batch];
    const silences = batch.silences + (answeredMs > batch.sentMs ? 1 : 0);
    if (silences < settings.silences) return [{ ...batch, silences, state: "due" }];
    if (batch.seqs.length === 1) return [{ ...batch, silences, state: "poison" }];
    const middle = Math.ceil(batch.seqs.length / 2);
    return [batch.seqs.slice(0, middle), batch.seqs.slice(middle)].map((seqs) => half(batch, seqs, nextId++, settings));
  });
  return { ...window, batches, nextId };
}

// A half is condemned by its next silence; a single record gets all its chances again, for it cannot be taken back.
const half = (batch: Batch, seqs: readonly number[], id: number, settings: WindowSettings): Batch => ({
  ...batch,
  id,
  seqs,
  state: "due",
  tries: 0,
  silences: seqs.length === 1 ? 0 : settings.silences - 1,
});

const withoutEmpty = (batches: readonly Batch[]): readonly Batch[] => batches.filter((batch) => batch.seqs.length > 0);

/** Records one message may hold. */
export const batchRecords = maxRecordsPerMessage;
