// The thread that owns the database file. node:sqlite is synchronous, and a commit waits for the disk: here nobody else waits with it.
// In: { id, lane, sql, parameters } → out: { id, rows, changes } or { id, error }. "write" holds transactions; "read" only reads.
import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite";
import { parentPort, workerData } from "node:worker_threads";
import { openSqlite } from "@millwright/kit/sqlite";

export type SqliteLane = "write" | "read";
export type SqliteRequest = { id: number; lane: SqliteLane; sql: string; parameters: SQLInputValue[] } | { id: number; close: true };
export type SqliteReply = { id: number; rows: unknown[]; changes: number } | { id: number; error: string; code: number | null };

const maxPrepared = 200;
const { file } = workerData as { file: string };
const port = parentPort;
if (port === null) throw new Error("sqlite-worker.ts runs as a worker only");

const writer = openSqlite(file);
const reader = new DatabaseSync(file, { readOnly: true });
reader.exec("PRAGMA busy_timeout = 5000;");
const databases: Record<SqliteLane, DatabaseSync> = { write: writer, read: reader };
const prepared: Record<SqliteLane, Map<string, StatementSync>> = { write: new Map(), read: new Map() };

port.on("message", (request: SqliteRequest) => {
  if ("close" in request) {
    reader.close();
    writer.close();
    port.postMessage({ id: request.id, rows: [], changes: 0 } satisfies SqliteReply);
    port.close();
    return;
  }
  port.postMessage(answer(request));
});

function answer({ id, lane, sql, parameters }: Extract<SqliteRequest, { sql: string }>): SqliteReply {
  try {
    const statement = statementFor(lane, sql);
    if (statement.columns().length > 0) return { id, rows: statement.all(...parameters), changes: 0 };
    return { id, rows: [], changes: Number(statement.run(...parameters).changes) };
  } catch (error) {
    const code = error instanceof Error && "errcode" in error ? Number(error.errcode) : null;
    return { id, error: error instanceof Error ? error.message : String(error), code };
  }
}

// Statements are kept by their text; the oldest goes when there are too many (batches differ in length, and so in text).
function statementFor(lane: SqliteLane, sql: string): StatementSync {
  const cache = prepared[lane];
  const known = cache.get(sql);
  if (known !== undefined) return known;
  const statement = databases[lane].prepare(sql);
  if (cache.size >= maxPrepared) cache.delete(cache.keys().next().value as string);
  cache.set(sql, statement);
  return statement;
}
