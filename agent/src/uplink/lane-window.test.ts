import assert from "node:assert/strict";
import { test } from "node:test";
import { emptyWindow, type LaneWindow, nextAction, windowSettings as settings, step, type WindowInput } from "./lane-window.ts";

const run = (window: LaneWindow, ...inputs: WindowInput[]): LaneWindow => inputs.reduce((now, input) => step(now, input, settings), window);
const seqs = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, i) => from + i);

/** Loads and sends one batch; the broker takes it at once. */
const sent = (window: LaneWindow, batch: number[], nowMs: number): LaneWindow => {
  const loaded = run(window, { input: "loaded", seqs: batch, nowMs });
  return resent(loaded, loaded.nextId - 1, nowMs);
};
const resent = (window: LaneWindow, batchId: number, nowMs: number): LaneWindow => {
  const batch = window.batches.find((one) => one.id === batchId);
  return run(window, { input: "sending", batchId, seqs: batch?.seqs ?? [], nowMs }, { input: "accepted", batchId, nowMs, jitter: 0 });
};
const resendDue = (window: LaneWindow, nowMs: number): LaneWindow =>
  window.batches.filter((batch) => batch.state === "due").reduce((now, batch) => resent(now, batch.id, nowMs), window);

test("loads on until the window is full, then waits for the first deadline", () => {
  let window = emptyWindow;
  for (let n = 0; n < settings.batches; n++) {
    assert.deepEqual(nextAction(window, settings), { action: "load", afterSeq: n * 10, maxBytes: window.batchBytes });
    window = sent(window, seqs(n * 10 + 1, n * 10 + 10), n);
  }
  assert.deepEqual(nextAction(window, settings), { action: "wait", untilMs: settings.receiptTimeoutMs });
});

test("an empty outbox is not asked again before something was appended", () => {
  const window = run(emptyWindow, { input: "loaded", seqs: [], nowMs: 0 });
  assert.deepEqual(nextAction(window, settings), { action: "wait", untilMs: Number.POSITIVE_INFINITY });
  assert.equal(nextAction(run(window, { input: "appended" }), settings).action, "load");
});

test("a batch leaves when all of it is settled; what is left of it is sent again", () => {
  const window = run(sent(emptyWindow, [1, 2, 3], 0), { input: "settled", isSettled: (seq) => seq !== 2 });
  assert.deepEqual(
    window.batches.map((batch) => batch.seqs),
    [[2]],
  );
  const late = run(window, { input: "tick", nowMs: settings.receiptTimeoutMs, answeredMs: 0 });
  assert.equal(nextAction(late, settings).action, "send");
  assert.equal(run(late, { input: "settled", isSettled: () => true }).batches.length, 0);
});

test("each try waits longer, up to a limit", () => {
  let window = sent(emptyWindow, [1], 0);
  const waits: number[] = [];
  for (let nowMs = 0; waits.length < 8; ) {
    const dueMs = window.batches[0]?.dueMs ?? 0;
    waits.push(dueMs - nowMs);
    nowMs = dueMs;
    window = resendDue(run(window, { input: "tick", nowMs, answeredMs: Number.NEGATIVE_INFINITY }), nowMs);
  }
  assert.deepEqual(waits, [5_000, 10_000, 20_000, 40_000, 60_000, 60_000, 60_000, 60_000]);
  assert.deepEqual(window.batches[0]?.seqs, [1]);
});

test("a message is not sent again while the broker is still taking it", () => {
  const window = run(
    emptyWindow,
    { input: "loaded", seqs: [1], nowMs: 0 },
    { input: "sending", batchId: 1, seqs: [1], nowMs: 0 },
    { input: "tick", nowMs: 59_000, answeredMs: 0 },
  );
  assert.equal(window.batches[0]?.state, "waiting");
});

test("a slow gateway that confirms in order condemns nothing", () => {
  let window = sent(emptyWindow, seqs(1, 4), 0);
  for (let nowMs = 5_000; nowMs < 600_000; nowMs += 5_000) window = resendDue(run(window, { input: "tick", nowMs, answeredMs: -1 }), nowMs);
  assert.deepEqual(
    window.batches.map((batch) => batch.seqs),
    [seqs(1, 4)],
  );
});

test("a batch that others overtake is halved down to the culprit, in few tries", () => {
  const poison = 317;
  let window = sent(emptyWindow, seqs(1, 500), 0);
  const settledSeqs = new Set<number>();
  let tries = 0;
  for (let nowMs = 1; nowMs < 10_000_000; nowMs += 1_000) {
    window = run(window, { input: "tick", nowMs, answeredMs: nowMs });
    const next = nextAction(window, settings);
    if (next.action === "quarantine") {
      assert.equal(next.seq, poison);
      assert.equal(settledSeqs.size, 499);
      assert.ok(tries < 40, `${tries} tries`);
      return;
    }
    tries += window.batches.filter((batch) => batch.state === "due").length;
    window = resendDue(window, nowMs);
    for (const batch of window.batches) if (!batch.seqs.includes(poison)) for (const seq of batch.seqs) settledSeqs.add(seq);
    window = run(window, { input: "settled", isSettled: (seq) => settledSeqs.has(seq) });
  }
  assert.fail("not found");
});

test("after a reconnect what was on its way goes first, at once; after a rewind the lane starts from there", () => {
  const window = sent(sent(emptyWindow, [1, 2], 0), [3, 4], 0);
  const back = run(window, { input: "connected" });
  assert.deepEqual(
    back.batches.map((batch) => batch.state),
    ["due", "due"],
  );
  assert.deepEqual(nextAction(run(back, { input: "rewound", fromSeq: 2 }), settings), {
    action: "load",
    afterSeq: 1,
    maxBytes: back.batchBytes,
  });
});

test("the size of a batch follows the line", () => {
  const took = (window: LaneWindow, ms: number): LaneWindow =>
    run(
      window,
      { input: "loaded", seqs: [1], nowMs: 0 },
      { input: "sending", batchId: window.nextId, seqs: [1], nowMs: 0 },
      { input: "accepted", batchId: window.nextId, nowMs: ms, jitter: 0 },
    );
  assert.equal(took(emptyWindow, 5_000).batchBytes, emptyWindow.batchBytes / 2);
  assert.equal(took(emptyWindow, 1_000).batchBytes, emptyWindow.batchBytes);
  assert.equal(took(emptyWindow, 10).batchBytes, emptyWindow.batchBytes * 2);
});
