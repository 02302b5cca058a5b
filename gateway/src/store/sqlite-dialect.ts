// kysely on a database in another thread. kysely's own SqliteDialect expects better-sqlite3 and fails on node:sqlite.
import { messageOf } from "@millwright/kit/fault";
import {
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from "kysely";

/** Sends one statement to the database; rejects where it fails. */
export type RunSql = (sql: string, parameters: readonly unknown[]) => Promise<{ rows: unknown[]; changes: number }>;

/** @param run reaches one connection; kysely's users take turns on it. */
export function sqliteDialect(run: RunSql): Dialect {
  return {
    createAdapter: () => new Adapter(),
    createDriver: () => driver(run),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  };
}

// kysely says that SQLite cannot change tables in a transaction. It can (https://sqlite.org/lang_transaction.html), and it must: a gateway that is
// killed between two statements of a migration would leave a store that no start opens again.
class Adapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}

function driver(run: RunSql): Driver {
  const connection = connectionOver(run);
  const turns = turnstile();
  return {
    init: async () => {},
    acquireConnection: () => turns.enter().then(() => connection),
    releaseConnection: async () => turns.leave(),
    // Immediate: takes the write lock now, so that a transaction never fails half-way for want of it. https://sqlite.org/lang_transaction.html
    beginTransaction: async () => void (await run("begin immediate", [])),
    commitTransaction: async () => void (await run("commit", [])),
    rollbackTransaction: () => rollBack(run),
    destroy: async () => {},
  };
}

// On a full disk SQLite has rolled back by itself; what went wrong is said by the statement that failed. https://sqlite.org/lang_transaction.html
async function rollBack(run: RunSql): Promise<void> {
  try {
    await run("rollback", []);
  } catch (error) {
    if (!messageOf(error).includes("no transaction is active")) throw error;
  }
}

function connectionOver(run: RunSql): DatabaseConnection {
  return {
    async executeQuery<R>({ sql, parameters }: CompiledQuery): Promise<QueryResult<R>> {
      const { rows, changes } = await run(sql, parameters);
      return { rows: rows as R[], numAffectedRows: BigInt(changes) };
    },
    streamQuery() {
      throw new Error("streaming is not offered: page with limit and offset");
    },
  };
}

// One at a time, in the order of arrival.
function turnstile(): { enter: () => Promise<void>; leave: () => void } {
  const waiting: (() => void)[] = [];
  let isTaken = false;
  return {
    enter() {
      if (isTaken) return new Promise((resolve) => waiting.push(resolve));
      isTaken = true;
      return Promise.resolve();
    },
    leave() {
      const next = waiting.shift();
      if (next === undefined) isTaken = false;
      else next();
    },
  };
}
