import assert from "node:assert/strict";
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { Event } from "@millwright/contract/event";
import type { Lane } from "@millwright/contract/topics";
import { AnyRecord } from "@millwright/contract/up-message";
import { Fault } from "@millwright/kit/fault";
import * as v from "valibot";
import { event, outboxFor, prediction, storeA, storeB, telemetry, testFolder, waitingSeqs } from "./test-support/outbox-fixture.ts";

const all = { afterSeq: 0, maxRecords: 1_000_000, maxBytes: Number.MAX_SAFE_INTEGER };

test("records get numbers from 1 in each lane, and come back as the contract has them", async (t) => {
  const outbox = await outboxFor(t);
  assert.match(outbox.epoch, /^[0-9a-f]{16}$/);
  await outbox.commit({ records: [telemetry(1), prediction(), telemetry(2), event()] });
  assert.deepEqual(
    (await outbox.nextBatch({ lane: "telemetry", ...all })).map(({ seq, json }) => [seq, (JSON.parse(json) as { values: object }).values]),
    [1, 2].map((n) => [n, { v0: n }]),
  );
  for (const lane of ["telemetry", "prediction", "event"] as const) {
    for (const { json, seq } of await outbox.nextBatch({ lane, ...all })) assert.equal(v.parse(AnyRecord, JSON.parse(json)).seq, seq);
  }
  assert.deepEqual((await outbox.counts()).waiting, { telemetry: 2, prediction: 1, event: 1 });
});

test("records, states and learning rows are there after a restart, with the same epoch; numbers go on", async (t) => {
  const folder = testFolder();
  const first = await outboxFor(t, folder);
  const rows = [
    { machine: "P-101", atMs: 5, body: "[1]" },
    { machine: "P-101", atMs: 6, body: Uint8Array.of(1, 2) },
    { machine: "P-102", atMs: 7, body: "other" },
  ];
  await first.commit({ records: [telemetry(1)], states: [{ machine: "P-101", json: '{"episode":1}' }], learningRows: rows });
  await first.commit({
    states: [{ machine: "P-101", json: '{"episode":2}' }],
    clearLearningRows: ["P-102"],
    learningRows: [{ machine: "P-102", atMs: 8, body: "new" }],
  });
  await first.close();
  await first.close();
  await assert.rejects(first.counts(), (error) => error instanceof Fault && error.code === "outbox_stopped");

  const second = await outboxFor(t, folder);
  assert.equal(second.epoch, first.epoch);
  assert.equal(await second.machineState("P-101"), '{"episode":2}');
  assert.equal(await second.machineState("P-999"), null);
  assert.deepEqual(
    (await second.learningRows("P-101")).map(({ atMs, body }) => [atMs, body]),
    [
      [5, "[1]"],
      [6, Uint8Array.of(1, 2)],
    ],
  );
  assert.deepEqual(
    (await second.learningRows("P-102")).map(({ body }) => body),
    ["new"],
  );
  await second.commit({ records: [telemetry(2)] });
  assert.deepEqual(await waitingSeqs(second, "telemetry"), [1, 2]);
  await second.close();
});

test("a batch is bounded in records, bytes and place, and one record always comes", async (t) => {
  const outbox = await outboxFor(t);
  await outbox.commit({ records: Array.from({ length: 10 }, (_, n) => telemetry(n)) });
  const seqs = async (request: Partial<typeof all & { untilSeq: number }>) =>
    (await outbox.nextBatch({ lane: "telemetry", ...all, ...request })).map((record) => record.seq);
  assert.deepEqual(await seqs({ maxRecords: 3 }), [1, 2, 3]);
  assert.deepEqual(await seqs({ afterSeq: 3, untilSeq: 5 }), [4, 5]);
  assert.deepEqual(await seqs({ maxBytes: 1 }), [1]);
  assert.equal((await seqs({ maxBytes: 1_000 })).length, 3);
});

test("what was just committed is given without asking the thread; what waited before, and events, with it", async (t) => {
  const folder = testFolder();
  const first = await outboxFor(t, folder);
  await first.commit({ records: [telemetry(1)] });
  await first.close();
  const outbox = await outboxFor(t, folder);
  const asked = t.mock.method(Worker.prototype, "postMessage").mock;
  const seqs = async (lane: Lane, afterSeq: number) => (await outbox.nextBatch({ lane, ...all, afterSeq })).map(({ seq }) => seq);
  await outbox.commit({ records: [telemetry(2), telemetry(3), prediction(), event()] });
  const before = asked.callCount();
  assert.deepEqual([await seqs("telemetry", 1), await seqs("telemetry", 3), await seqs("prediction", 0)], [[2, 3], [], [1]]);
  assert.equal(asked.callCount(), before);
  assert.deepEqual([await seqs("telemetry", 0), await seqs("event", 0)], [[1, 2, 3], [1]]);
  assert.equal(asked.callCount(), before + 2);
});

test("what is given without asking the thread is what the thread would give", async (t) => {
  const outbox = await outboxFor(t);
  await outbox.commit({ records: [telemetry(1), telemetry(2), telemetry(3)] });
  const fromMemory = await outbox.nextBatch({ lane: "telemetry", ...all });
  assert.deepEqual(await outbox.nextBatch({ lane: "telemetry", ...all }), fromMemory);
  await outbox.commit({ records: [telemetry(4), telemetry(5)] });
  await outbox.quarantine({ lane: "telemetry", seq: 4 }, "no_receipt");
  const seqs = async (afterSeq: number) => (await outbox.nextBatch({ lane: "telemetry", ...all, afterSeq })).map(({ seq }) => seq);
  assert.deepEqual(await seqs(3), [5]);
  await outbox.commit({ records: [telemetry(6), telemetry(7)] });
  await outbox.mark({ lane: "telemetry", ranges: [[6, 6]], rejected: [], store: storeA, commit: 1 });
  assert.deepEqual(await seqs(5), [7]);
});

test("a receipt marks, a refusal quarantines with its code, and neither comes again", async (t) => {
  const outbox = await outboxFor(t);
  await outbox.commit({ records: Array.from({ length: 6 }, (_, n) => telemetry(n)) });
  await outbox.mark({
    lane: "telemetry",
    ranges: [
      [1, 2],
      [5, 5],
    ],
    rejected: [{ seq: 3, code: "malformed" }],
    store: storeA,
    commit: 1,
  });
  assert.deepEqual(await waitingSeqs(outbox, "telemetry"), [4, 6]);
  const [refused] = await outbox.quarantined();
  assert.deepEqual([refused?.lane, refused?.seq, refused?.reason], ["telemetry", 3, "malformed"]);
  const { waiting, quarantined } = await outbox.counts();
  assert.deepEqual([waiting.telemetry, quarantined], [2, 1]);
});

test("another store makes all that is kept wait again; an older commit only what came after it", async (t) => {
  const outbox = await outboxFor(t);
  const rewound: string[] = [];
  outbox.subscribe((notice) => notice.notice === "rewound" && rewound.push(`${notice.lane} ${notice.fromSeq}`));
  await outbox.commit({ records: Array.from({ length: 6 }, (_, n) => telemetry(n)) });
  for (const seq of [1, 2, 3, 4])
    await outbox.mark({ lane: "telemetry", ranges: [[seq, seq]], rejected: [], store: storeA, commit: 10 + seq });
  await outbox.mark({ lane: "telemetry", ranges: [[5, 5]], rejected: [], store: storeA, commit: 12 });
  await outbox.counts();
  assert.deepEqual(await waitingSeqs(outbox, "telemetry"), [3, 4, 6]);
  await outbox.mark({ lane: "telemetry", ranges: [[6, 6]], rejected: [], store: storeB, commit: 1 });
  assert.deepEqual(await waitingSeqs(outbox, "telemetry"), [1, 2, 3, 4, 5]);
  assert.deepEqual(rewound, ["telemetry 3", "telemetry 1"]);
});

test("confirmed records go after their time, waiting ones stay", async (t) => {
  const outbox = await outboxFor(t, testFolder(), { keepMs: 0 });
  await outbox.commit({ records: [telemetry(1), telemetry(2)] });
  await outbox.mark({ lane: "telemetry", ranges: [[1, 1]], rejected: [], store: storeA, commit: 1 });
  await outbox.mark({ lane: "telemetry", ranges: [], rejected: [], store: storeB, commit: 1 });
  assert.deepEqual(await waitingSeqs(outbox, "telemetry"), [2]);
});

test("a full store drops the oldest telemetry with exact gaps, one growing event while nobody took it, and no prediction", async (t) => {
  const outbox = await outboxFor(t, testFolder(), { maxBytes: 400_000 });
  await outbox.commit({ records: [prediction(), event()] });
  for (let n = 0; n < 40; n++) await outbox.commit({ records: Array.from({ length: 50 }, (_, i) => telemetry(n * 50 + i, 8)) });
  const left = await waitingSeqs(outbox, "telemetry");
  const { bytes, dropped, waiting } = await outbox.counts();
  assert.ok(bytes <= 400_000, `${bytes} bytes`);
  assert.ok(dropped > 0 && left.length + dropped === 2_000 && left.at(-1) === 2_000);
  assert.equal(waiting.prediction, 1);
  const events = (await outbox.nextBatch({ lane: "event", ...all })).map(({ json }) => v.parse(Event, JSON.parse(json)));
  assert.deepEqual(events.map((one) => one.gap).slice(1), [{ lane: "telemetry", from: 1, to: dropped }]);

  // Once given out, an event never changes: the next eviction gets its own.
  for (let n = 0; n < 4; n++) await outbox.commit({ records: Array.from({ length: 50 }, () => telemetry(0, 8)) });
  const later = (await outbox.nextBatch({ lane: "event", ...all, afterSeq: 2 })).map(({ json }) => v.parse(Event, JSON.parse(json)));
  assert.deepEqual(
    later.map((one) => one.gap),
    [{ lane: "telemetry", from: dropped + 1, to: (await outbox.counts()).dropped }],
  );
});

test("a full store drops what is left of runs that were confirmed in part, with exact gaps", async (t) => {
  const outbox = await outboxFor(t, testFolder(), { maxBytes: 400_000 });
  await outbox.commit({ records: Array.from({ length: 50 }, (_, n) => telemetry(n, 8)) });
  await outbox.mark({ lane: "telemetry", ranges: [[11, 20]], rejected: [{ seq: 31, code: "malformed" }], store: storeA, commit: 1 });
  while ((await outbox.counts()).dropped < 100) await outbox.commit({ records: Array.from({ length: 50 }, (_, n) => telemetry(n, 8)) });
  const events = (await outbox.nextBatch({ lane: "event", ...all })).map(({ json }) => v.parse(Event, JSON.parse(json)));
  const [first = 0] = await waitingSeqs(outbox, "telemetry");
  assert.deepEqual(
    events.map(({ gap }) => [gap?.from, gap?.to]),
    [
      [1, 10],
      [21, 30],
      [32, first - 1],
    ],
  );
  const { dropped, waiting, quarantined } = await outbox.counts();
  assert.deepEqual([dropped, quarantined], [first - 12, 1]);
  assert.equal((await waitingSeqs(outbox, "telemetry")).length, waiting.telemetry);
});

test("confirmed records make room first", async (t) => {
  const outbox = await outboxFor(t, testFolder(), { maxBytes: 400_000 });
  for (let n = 0; n < 40; n++) {
    await outbox.commit({ records: Array.from({ length: 50 }, () => telemetry(0, 8)) });
    const ranges: [number, number][] = [[50 * n + 1, 50 * n + 50]];
    await outbox.mark({ lane: "telemetry", ranges, rejected: [], store: storeA, commit: n + 1 });
  }
  const { dropped, bytes, waiting } = await outbox.counts();
  assert.equal(dropped, 0);
  assert.equal(waiting.telemetry, 0);
  assert.ok(bytes <= 400_000);
});

test("an oversize record is quarantined at once and told; the others flow", async (t) => {
  const outbox = await outboxFor(t);
  await outbox.commit({ records: [event("a"), event("x".repeat(300_000)), event("b")] });
  assert.deepEqual(await waitingSeqs(outbox, "event"), [1, 3, 4]);
  const told = v.parse(Event, JSON.parse((await outbox.nextBatch({ lane: "event", ...all, afterSeq: 3 }))[0]?.json ?? ""));
  assert.deepEqual([told.event, told.gap], ["record_quarantined", { lane: "event", from: 2, to: 2 }]);
  assert.equal((await outbox.quarantined())[0]?.reason, "too_large");
});

test("the ledger has one line for each durable record, the store's own events too", async (t) => {
  const folder = testFolder();
  const ledgerFile = join(folder, "ledger.jsonl");
  const outbox = await outboxFor(t, folder, { ledgerFile });
  await outbox.commit({ records: [telemetry(), event("x".repeat(300_000))] });
  const lines = readFileSync(ledgerFile, "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as object);
  const line = (lane: string, seq: number) => ({ tenant: "acme", agent: "box-1", epoch: outbox.epoch, lane, seq });
  assert.deepEqual(lines, [line("event", 1), line("telemetry", 1), line("event", 2)]);
});

test("a command is done from the commit of its event on, also after a restart", async (t) => {
  const folder = testFolder();
  const first = await outboxFor(t, folder);
  assert.equal(await first.isCommandDone("c1"), false);
  await first.commit({ records: [event("done", { event: "command_done", command_id: "c1" })] });
  await first.close();
  const second = await outboxFor(t, folder);
  assert.equal(await second.isCommandDone("c1"), true);
  await second.close();
});

test("a damaged store is moved aside under a name that says so; a new epoch begins and an event tells it", async (t) => {
  const folder = testFolder();
  const file = join(folder, "outbox.db");
  for (const damage of ["not a database at all".repeat(500), "page"]) {
    const before = await outboxFor(t, folder);
    await before.commit({ records: Array.from({ length: 500 }, (_, n) => telemetry(n)) });
    await before.close();
    writeFileSync(file, damage === "page" ? readFileSync(file).fill(0x5a, 8_192, 200_000) : damage);
    const after = await outboxFor(t, folder);
    assert.notEqual(after.epoch, before.epoch);
    assert.ok(after.damagedFile?.startsWith(`${file}.damaged-`) && readdirSync(folder).some((name) => after.damagedFile?.endsWith(name)));
    const [told] = await after.nextBatch({ lane: "event", ...all });
    assert.match(v.parse(Event, JSON.parse(told?.json ?? "")).text, /damaged and was moved to .*outbox\.db\.damaged-/);
    await after.close();
  }
});

test("a receipt goes with the next call to the store, also with the last one", async (t) => {
  const outbox = await outboxFor(t, testFolder(), { markWindowMs: 60_000 });
  await outbox.commit({ records: [telemetry(1), telemetry(2)] });
  const receipt = { lane: "telemetry", rejected: [], store: "s", commit: 1 } as const;
  const first = outbox.mark({ ...receipt, ranges: [[1, 1]] });
  const firstOf = await Promise.race([first.then(() => "noted"), sleep(100).then(() => "waits")]);
  assert.equal(firstOf, "waits");
  assert.equal((await outbox.counts()).waiting.telemetry, 2);
  await first;
  assert.equal((await outbox.counts()).waiting.telemetry, 1);
  const last = outbox.mark({ ...receipt, ranges: [[2, 2]] });
  await outbox.close();
  await last;
});

test("a store found damaged while it runs stops at once and says so, and the next start moves it aside", async (t) => {
  const folder = testFolder();
  const file = join(folder, "outbox.db");
  const stopped: string[] = [];
  const outbox = await outboxFor(t, folder, { onStopped: ({ code }) => stopped.push(code) });
  await outbox.commit({ records: Array.from({ length: 2_000 }, (_, n) => telemetry(n, 500)) });
  // Written back from the log, and the log begun anew: before that, the file is not read.
  while (statSync(file).size < 8_500_000) await sleep(5);
  await outbox.commit({ records: [telemetry()] });
  writeFileSync(file, Buffer.alloc(8_000_000, 0x5a), { flag: "r+" });
  await assert.rejects(outbox.nextBatch({ lane: "telemetry", ...all }));
  assert.deepEqual(stopped, ["outbox_damaged"]);
  // However much comes: nothing is gathered for a store that takes nothing, so that none of it is told to wait.
  for (let n = 0; n < 70; n++)
    await assert.rejects(outbox.commit({ records: [event("x".repeat(1e6))] }), (error) => error instanceof Fault && error.kind === "bug");
  await outbox.close();
  assert.notEqual((await outboxFor(t, folder)).damagedFile, null);
});

test("a second program on the same store is a clear fault; so is a folder that cannot be", async (t) => {
  const folder = testFolder();
  const first = await outboxFor(t, folder);
  await assert.rejects(
    outboxFor(t, folder),
    (error) => error instanceof Fault && error.code === "outbox_in_use" && error.kind === "config",
  );
  await first.close();
  writeFileSync(join(folder, "plain"), "");
  await assert.rejects(outboxFor(t, join(folder, "plain")), (error) => error instanceof Fault && error.code === "outbox_cannot_open");
});
