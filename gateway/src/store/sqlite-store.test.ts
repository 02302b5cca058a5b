import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { Fault } from "@millwright/kit/fault";
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
