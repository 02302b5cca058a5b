import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { Fault } from "@millwright/kit/fault";
import { hashOf, judgeTicket, openTicket } from "../test-support/judged-ticket.ts";
import { testFolder } from "../test-support/start-test-gateway.ts";
import { openSqliteStore } from "./sqlite-store.ts";
import { storeSuite } from "./store.suite.ts";

const file = join(testFolder(), "suite.db");
storeSuite("node:sqlite", () => openSqliteStore(file, 1_000));

test("node:sqlite: WAL, and a key with its tenant in every table of the plant", async () => {
  const store = await openSqliteStore(join(testFolder(), "a.db"), 1_000);
  const tables = await store.reader.introspection.getTables();
  for (const { name, columns } of tables)
    if (!["store", "schedule"].includes(name))
      assert.ok(
        columns.some((column) => column.name === "tenant"),
        name,
      );
  await store.close();
});

test("node:sqlite: a file that is no database, and one from the future, are faults with a name", async () => {
  const broken = join(testFolder(), "broken.db");
  writeFileSync(broken, "this is not a database, and long enough to be looked at by SQLite".repeat(20));
  await assert.rejects(openSqliteStore(broken, 0), (error) => error instanceof Fault && error.code === "store_unusable");

  const newer = join(testFolder(), "newer.db");
  await (await openSqliteStore(newer, 0)).close();
  const database = new DatabaseSync(newer);
  database.exec("INSERT INTO kysely_migration (name, timestamp) VALUES ('0999-later', '2030-01-01')");
  database.close();
  await assert.rejects(openSqliteStore(newer, 0), (error) => error instanceof Fault && error.code === "store_newer");
});

test("node:sqlite: verdicts of before models were named find theirs at the upgrade", async () => {
  const older = join(testFolder(), "older.db");
  const before = await openSqliteStore(older, 0);
  await judgeTicket(before, { no: 1, verdict: "found", generation: 3 });
  await judgeTicket(before, { no: 2, verdict: "nothing", generation: 3, predicted: { layer: "limits" } });
  await openTicket(before, { no: 3, generation: 3 });
  await before.close();
  const database = new DatabaseSync(older);
  for (const [table, columns] of [
    ["tickets", ["layer", "model_id", "model_hash", "generation"]],
    ["machines", ["model_id", "model_hash", "generation", "layers", "level_boot_id", "level_monotonic_ms"]],
  ] as const)
    for (const column of columns) database.exec(`ALTER TABLE ${table} DROP COLUMN ${column}`);
  database.exec("DELETE FROM kysely_migration WHERE name >= '0007-verdicts-by-model'");
  database.close();
  const store = await openSqliteStore(older, 0);
  const tickets = await store.reader.selectFrom("tickets").select(["no", "layer", "model_hash", "generation"]).orderBy("no").execute();
  await store.close();
  assert.deepEqual(tickets, [
    { no: 1, layer: "baseline", model_hash: hashOf(3), generation: 3 },
    { no: 2, layer: "limits", model_hash: hashOf(3), generation: 3 },
    { no: 3, layer: null, model_hash: null, generation: null },
  ]);
});
