// The dialect over a real database: a migration that is cut off anywhere, and a transaction that a full disk ends.
import assert from "node:assert/strict";
import { join } from "node:path";
import { DatabaseSync, type SQLInputValue } from "node:sqlite";
import { test } from "node:test";
import { Kysely, sql } from "kysely";
import { Migrator } from "kysely/migration";
import { openTicket } from "../test-support/judged-ticket.ts";
import { testFolder } from "../test-support/start-test-gateway.ts";
import { migrations } from "./migrations.ts";
import { type RunSql, sqliteDialect } from "./sqlite-dialect.ts";
import { openSqliteStore } from "./sqlite-store.ts";

/** Migrates `file`; after `statements` of them the power is gone. @returns how many there were, and what stopped it. */
async function migrateUntil(file: string, statements: number): Promise<{ count: number; error: unknown }> {
  const database = new DatabaseSync(file);
  let count = 0;
  const run: RunSql = async (text, parameters) => {
    if (count >= statements) throw new Error("no power");
    count++;
    return { rows: database.prepare(text).all(...(parameters as SQLInputValue[])), changes: 0 };
  };
  const migrator = new Migrator({ db: new Kysely({ dialect: sqliteDialect(run) }), provider: { getMigrations: async () => migrations } });
  const error = await migrator.migrateToLatest().then(
    (result) => result.error,
    (thrown: unknown) => thrown,
  );
  database.close();
  return { count, error };
}

test("a gateway that is killed anywhere in its first start or in an upgrade finishes it at the next start", async () => {
  const folder = testFolder();
  const { count, error } = await migrateUntil(join(folder, "whole.db"), Number.POSITIVE_INFINITY);
  assert.equal(error, undefined);
  for (let n = 0; n < count; n++) {
    const file = join(folder, `${n}.db`);
    assert.ok((await migrateUntil(file, n)).error instanceof Error);
    assert.deepEqual([n, (await migrateUntil(file, Number.POSITIVE_INFINITY)).error], [n, undefined]);
  }
});

test("a full disk is said to be full, keeps nothing of a transaction, and is over when there is room again", async () => {
  const store = await openSqliteStore(join(testFolder(), "full.db"), 0);
  await openTicket(store, { no: 1 });
  const limit = (pages: number) => store.transaction((tx) => sql.raw(`PRAGMA max_page_count = ${pages}`).execute(tx));
  const add = () =>
    store.transaction((tx) =>
      tx
        .insertInto("schedule")
        .values({ task: "x".repeat(100_000), last_run_ms: 1 })
        .executeTakeFirst(),
    );
  await limit(1);
  await assert.rejects(add(), /database or disk is full/);
  await limit(1_000_000);
  assert.deepEqual(await store.reader.selectFrom("schedule").selectAll().execute(), []);
  await add();
  await store.close();
});
