import assert from "node:assert/strict";
import { statSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { groupCommit } from "./group-commit.ts";
import type { CommitJob, WriteJob } from "./outbox-protocol.ts";
import { outboxStore } from "./outbox-store.ts";
import { openStoreFile } from "./store-file.ts";
import { bodiesFrom, testFolder } from "./test-support/outbox-fixture.ts";

const time = { boot_id: "75a8a9eb-3101-48fd-95cf-1b82dbb7542b", monotonic_ms: 1, wall_ms: 1, clock: "trusted" as const };
const commit = (body: string): CommitJob => ({
  op: "commit",
  time,
  bodies: { event: bodiesFrom([body]) },
  states: [],
  clearLearningRows: [],
  learningRows: [],
  commandsDone: [],
});

function setUp() {
  const file = join(testFolder(), "outbox.db");
  const { database } = openStoreFile(file, 1);
  const store = outboxStore(database, { maxBytes: 1e9, keepMs: 1e9 });
  const seen = { durable: [] as number[], failed: [] as number[] };
  const writes = groupCommit({
    database,
    store,
    windowMs: 5,
    onDurable: (group) => void seen.durable.push(group.length),
    onFailed: (group) => void seen.failed.push(group.length),
    onRewound: () => {},
  });
  return { file, database, store, seen, writes };
}

test("writes within the window share one transaction", async () => {
  const { database, store, seen, writes } = setUp();
  for (let id = 0; id < 300; id++) writes.add({ id, job: commit('{"kind":"event"}') });
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.deepEqual(seen, { durable: [300], failed: [] });
  assert.equal(store.counts().waiting.event, 300);
  database.close();
});

test("the log is written back in the pauses between commits, long before a commit would have to", async () => {
  const { file, database, writes } = setUp();
  for (let round = 0; round < 12; round++) {
    for (let id = 0; id < 250; id++) writes.add({ id, job: commit(JSON.stringify({ kind: "event", text: "x".repeat(4_000) })) });
    await new Promise((resolve) => setTimeout(resolve, 60));
  }
  // 12 MB of records went through it; a commit writes it back from 16 MB on.
  assert.ok(statSync(`${file}-wal`).size < 6e6, `the log has ${statSync(`${file}-wal`).size} bytes`);
  writes.drain();
  database.close();
});

test("a group with a write that fails leaves nothing behind, and numbers are not used up", () => {
  const { database, store, seen, writes } = setUp();
  writes.add({ id: 1, job: commit('{"kind":"event"}') });
  writes.add({ id: 2, job: { ...commit("{}"), states: [{ machine: "m", json: null as unknown as string }] } satisfies WriteJob });
  writes.drain();
  writes.add({ id: 3, job: commit('{"kind":"event"}') });
  writes.drain();
  assert.deepEqual(seen, { durable: [1], failed: [2] });
  assert.deepEqual(
    store.nextBatch({ lane: "event", afterSeq: 0, maxRecords: 9, maxBytes: 999 }).map((record) => record.seq),
    [1],
  );
  database.close();
});
