// One gateway, one store. Two would both send commands and both open tickets from half of the messages.
// The lock is a SQLite database beside the store, held in an exclusive transaction: the kernel lets go of it when the process ends, however it ends.
import { closeSync, existsSync, openSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { messageOf } from "@millwright/kit/fault";
import { fault } from "../faults.ts";

/** A gateway that was just killed may still be going. */
const patienceMs = 1_000;

// Referred to for as long as they are held: a handle that is collected lets go.
const locks = new Set<DatabaseSync>();

/** @returns what lets go of it; a second call does nothing. @throws Fault store_in_use, store_unusable. */
export function lockStore(file: string): () => void {
  let database: DatabaseSync | null = null;
  try {
    makePrivate(`${file}.lock`);
    database = new DatabaseSync(`${file}.lock`, { timeout: patienceMs });
    database.exec("BEGIN EXCLUSIVE");
    const held = database;
    locks.add(held);
    return () => {
      if (locks.delete(held)) held.close();
    };
  } catch (error) {
    database?.close();
    if (messageOf(error).includes("locked"))
      throw fault("store_in_use", `another gateway is running on ${file}. Stop it, or give this one another data_dir`, error);
    throw fault("store_unusable", `the store ${file} cannot be opened: ${messageOf(error)}`, error);
  }
}

// Only where it is new: closing any handle of a file lets go of the locks this process has on it (fcntl(2)).
function makePrivate(file: string): void {
  if (!existsSync(file)) closeSync(openSync(file, "a", 0o600));
}
