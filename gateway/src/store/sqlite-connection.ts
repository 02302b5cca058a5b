// The near end of sqlite-worker.ts: statements go to the thread, answers come back in order.
import { extname } from "node:path";
import { Worker } from "node:worker_threads";
import type { RunSql } from "./sqlite-dialect.ts";
import type { SqliteLane, SqliteReply } from "./sqlite-worker.ts";

export type SqliteConnection = {
  runOn(lane: SqliteLane): RunSql;
  /** Called where the thread ends though nobody closed it: nothing can be stored any more. */
  onLost(listener: (error: Error) => void): void;
  close(): Promise<void>;
};

type Waiting = { resolve: (reply: { rows: unknown[]; changes: number }) => void; reject: (error: Error) => void };

/** Starts the thread for one database file. Every statement rejects where the file cannot be opened. */
export function openSqliteConnection(file: string): SqliteConnection {
  // The same file runs as TypeScript here and as JavaScript once it is packed.
  const worker = new Worker(new URL(`./sqlite-worker${extname(import.meta.url)}`, import.meta.url), { workerData: { file } });
  const waiting = new Map<number, Waiting>();
  let nextId = 1;
  let ended: Error | null = null;
  let isClosing = false;
  let lost: (error: Error) => void = () => {};

  const end = (error: Error): void => {
    if (ended === null && !isClosing) lost(error);
    ended ??= error;
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
  };
  worker.on("message", (reply: SqliteReply) => {
    const asked = waiting.get(reply.id);
    waiting.delete(reply.id);
    if ("error" in reply) asked?.reject(Object.assign(new Error(reply.error), { sqliteCode: reply.code }));
    else asked?.resolve(reply);
  });
  worker.on("error", (error) => end(error instanceof Error ? error : new Error(String(error))));
  worker.on("exit", () => end(new Error("the store is closed")));

  const ask = (request: object): Promise<{ rows: unknown[]; changes: number }> => {
    if (ended !== null) return Promise.reject(ended);
    const id = nextId++;
    return new Promise((resolve, reject) => {
      waiting.set(id, { resolve, reject });
      worker.postMessage({ id, ...request });
    });
  };
  return {
    runOn: (lane) => (sql, parameters) => ask({ lane, sql, parameters: parameters.map(bindable) }),
    onLost(listener) {
      lost = listener;
    },
    async close() {
      isClosing = true;
      if (ended !== null) return;
      const gone = new Promise((resolve) => worker.once("exit", resolve));
      await ask({ close: true });
      await gone;
    },
  };
}

// SQLite knows no boolean and no undefined.
const bindable = (value: unknown): unknown => (value === undefined ? null : typeof value === "boolean" ? Number(value) : value);
