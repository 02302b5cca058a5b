// A store that an earlier version wrote, one record to a row, goes on working.
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { migrateSqlite, openSqlite } from "@millwright/kit/sqlite";
import { outboxMigrations } from "./outbox-migrations.ts";
import { outboxFor, storeA, telemetry, testFolder, waitingSeqs } from "./test-support/outbox-fixture.ts";

/** Six records of telemetry; the gateway has confirmed 1 and 2 with its commit 4, and 3 with its commit 7. */
function oldStore(folder: string): void {
  const database = openSqlite(join(folder, "outbox.db"));
  migrateSqlite(database, outboxMigrations.slice(0, 1));
  const insert = database.prepare("INSERT INTO telemetry_record (seq, body) VALUES (?, ?)");
  for (let seq = 1; seq <= 6; seq++) insert.run(seq, JSON.stringify(telemetry(seq)));
  database.exec("UPDATE telemetry_record SET marked = 1 WHERE seq <= 3");
  database.exec("UPDATE lane SET last_seq = 6, waiting = 3 WHERE lane = 'telemetry'");
  database.exec(`INSERT INTO meta VALUES ('store', '${storeA}'), ('commit', '7')`);
  database.exec(
    `INSERT INTO receipt (lane, from_seq, to_seq, store, commit_no, at_ms)
     VALUES ('telemetry', 1, 2, '${storeA}', 4, 1), ('telemetry', 3, 3, '${storeA}', 7, 2)`,
  );
  database.close();
}

const receipt = { lane: "telemetry", rejected: [], store: storeA } as const;

test("the store of an earlier version is read, marked, added to and drained", async (t) => {
  const folder = testFolder();
  oldStore(folder);
  const outbox = await outboxFor(t, folder);
  const batch = await outbox.nextBatch({ lane: "telemetry", afterSeq: 0, maxRecords: 500, maxBytes: 1e6 });
  assert.deepEqual(
    batch.map(({ seq, json }) => [seq, (JSON.parse(json) as { values: object }).values]),
    [4, 5, 6].map((seq) => [seq, { v0: seq }]),
  );
  await outbox.commit({ records: [telemetry(7), telemetry(8)] });
  assert.deepEqual(await waitingSeqs(outbox, "telemetry"), [4, 5, 6, 7, 8]);
  await outbox.mark({ ...receipt, ranges: [[5, 7]], commit: 8 });
  assert.deepEqual(await waitingSeqs(outbox, "telemetry"), [4, 8]);
  await outbox.quarantine({ lane: "telemetry", seq: 4 }, "no_receipt");
  await outbox.mark({ ...receipt, ranges: [[8, 8]], commit: 9 });
  assert.equal((await outbox.counts()).waiting.telemetry, 0);
});

test("what an earlier version marked waits again where the gateway came back with an older copy of its store", async (t) => {
  const folder = testFolder();
  oldStore(folder);
  const outbox = await outboxFor(t, folder);
  await outbox.mark({ ...receipt, ranges: [[4, 4]], commit: 6 });
  await outbox.counts();
  assert.deepEqual(await waitingSeqs(outbox, "telemetry"), [3, 5, 6]);
});
