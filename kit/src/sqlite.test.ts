import assert from "node:assert/strict";
import { mkdtempSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { inTransaction, migrateSqlite, openSqlite } from "./sqlite.ts";

test("durable settings, for its owner only, migrations once each, rollback as a whole", () => {
  const file = join(mkdtempSync(join(tmpdir(), "millwright-kit-")), "deep/er/store.db");
  const database = openSqlite(file);
  assert.deepEqual({ ...database.prepare("PRAGMA synchronous").get() }, { synchronous: 2 });
  assert.deepEqual({ ...database.prepare("PRAGMA journal_mode").get() }, { journal_mode: "wal" });

  migrateSqlite(database, ["CREATE TABLE t (n INTEGER)"]);
  for (const name of ["", "-wal", "-shm"]) assert.equal(statSync(file + name).mode & 0o777, 0o600);
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
