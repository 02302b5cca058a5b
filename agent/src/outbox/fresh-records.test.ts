import assert from "node:assert/strict";
import { test } from "node:test";
import type { Lane } from "@millwright/contract/topics";
import { spareBuffers } from "./body-buffer.ts";
import { freshRecords } from "./fresh-records.ts";
import type { OutboxRecord } from "./outbox.ts";
import type { CommitReply } from "./outbox-protocol.ts";
import { bodiesFrom } from "./test-support/outbox-fixture.ts";

const body = (n: number, length = 0): string => JSON.stringify({ kind: "telemetry", n, text: "é".repeat(length) });
const commitOf = (lane: Lane, from: number, to: number, length?: number): CommitReply => ({
  appended: [{ lane, from, to }],
  droppedTo: 0,
  bodies: { [lane]: bodiesFrom(Array.from({ length: to - from + 1 }, (_, n) => body(from + n, length))) },
});
const request = { lane: "telemetry", afterSeq: 0, maxRecords: 500, maxBytes: 1e6 } as const;
const seqsOf = (taken: OutboxRecord[] | null): number[] | null => taken?.map(({ seq }) => seq) ?? null;

test("what a commit made durable is given once, as the store would; then there is nothing more", () => {
  const fresh = freshRecords(spareBuffers());
  assert.equal(fresh.take(request), null);
  fresh.add(commitOf("telemetry", 1, 3));
  assert.deepEqual(fresh.take({ ...request, maxRecords: 1 }), [{ seq: 1, json: '{"seq":1,"kind":"telemetry","n":1,"text":""}' }]);
  assert.deepEqual(seqsOf(fresh.take({ ...request, afterSeq: 1, maxBytes: 1 })), [2]);
  fresh.add(commitOf("telemetry", 4, 5));
  assert.deepEqual(seqsOf(fresh.take({ ...request, afterSeq: 2 })), [3, 4, 5]);
  assert.deepEqual(seqsOf(fresh.take({ ...request, afterSeq: 5 })), []);
  assert.equal(fresh.take({ ...request, afterSeq: 2 }), null);
});

test("the store is asked for what came before, for what is sent again, for events, and after the end", () => {
  const fresh = freshRecords(spareBuffers());
  fresh.add(commitOf("telemetry", 7, 9));
  fresh.add(commitOf("event", 1, 2));
  assert.equal(fresh.take({ ...request, afterSeq: 5 }), null);
  assert.equal(fresh.take({ ...request, afterSeq: 6, untilSeq: 8 }), null);
  assert.equal(fresh.take({ ...request, lane: "event" }), null);
  assert.equal(fresh.take({ ...request, lane: "prediction" }), null);
  assert.deepEqual(seqsOf(fresh.take({ ...request, afterSeq: 7 })), [8, 9]);
  fresh.stop();
  assert.equal(fresh.take({ ...request, afterSeq: 9 }), null);
});

test("what was marked, quarantined or dropped is forgotten with its neighbours; what came earlier changes nothing", () => {
  const fresh = freshRecords(spareBuffers());
  fresh.add(commitOf("telemetry", 1, 3));
  fresh.forget("telemetry", 2);
  assert.equal(fresh.take({ ...request, afterSeq: 0 }), null);
  fresh.add(commitOf("telemetry", 4, 6));
  fresh.forget("telemetry", 3);
  assert.deepEqual(seqsOf(fresh.take({ ...request, afterSeq: 3 })), [4, 5, 6]);
  fresh.add({ ...commitOf("telemetry", 7, 8), droppedTo: 7 });
  assert.equal(fresh.take({ ...request, afterSeq: 6 }), null);
});

test("nothing is kept of more than a message, nor of a record that is too large for one", () => {
  const fresh = freshRecords(spareBuffers());
  fresh.add(commitOf("telemetry", 1, 1, 150_000));
  assert.equal(fresh.take(request), null);
  for (let seq = 2; seq <= 100; seq++) fresh.add(commitOf("telemetry", seq, seq, 20_000));
  assert.equal(fresh.take({ ...request, afterSeq: 1 }), null);
  let first = 2;
  while (fresh.take({ ...request, afterSeq: first - 1 }) === null) first += 1;
  assert.ok((101 - first) * 20_000 <= 256 * 1024, `from ${first} on`);
});
