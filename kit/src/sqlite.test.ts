import assert from "node:assert/strict";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { inTransaction, migrateSqlite, openSqlite } from "./sqlite.ts";

test("durable settings, migrations once each, rollback as a whole", () => {
  const file = join(mkdtempSync(join(tmpdir(), "millwright-kit-")), "deep/er/store.db");
  const database = openSqlite(file);
  assert.deepEqual({ ...database.prepare("PRAGMA synchronous").get() }, { synchronous: 2 });
  assert.deepEqual({ ...database.prepare("PRAGMA journal_mode").get() }, { journal_mode: "wal" });

  migrateSqlite(database, ["CREATE TABLE t (n INTEGER)"]);
  migrateSqlite(database, ["CREATE TABLE t (n INTEGER)", "INSERT INTO t VALUES (1)"]);
  assert.throws(
    () =>
      inTransaction(database, () => {
        database.exec("INSERT INTO t VALUES (2)");
        throw new Error("no");
      }),
    /no/,
  );
  assert.deepEqual(
    database
      .prepare("SELECT n FROM t")
      .all()
      .map((row) => row["n"]),
    [1],
  );
  assert.throws(() => migrateSqlite(database, []), /newer Millwright/);
  database.close();
});
