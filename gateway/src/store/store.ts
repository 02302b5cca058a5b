// The port of the gateway's store. node:sqlite is behind it by default; anything that passes store.suite.ts may be.
import type { Kysely, Transaction } from "kysely";
import type { Tables } from "./tables.ts";

export type Tx = Transaction<Tables>;

export type Store = {
  /** UUID made when the store was created; a store restored from a backup keeps it. */
  readonly id: string;
  /**
   * Runs `work` in one read-write transaction; durable when this resolves, rolled back where `work` throws.
   * `work` may be the only one at a time: it does no network I/O.
   */
  transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  /** For reading only: sees what is committed, and does not wait for transactions. */
  readonly reader: Kysely<Tables>;
  /** Closes after what is under way. */
  close(): Promise<void>;
};
