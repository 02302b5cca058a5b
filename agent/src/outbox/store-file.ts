// Opens the outbox's database file; a damaged one is moved aside under a name that says so, never deleted.
import { existsSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import type { DatabaseSync } from "node:sqlite";
import { Fault, messageOf } from "@millwright/kit/fault";
import { migrateSqlite, openSqlite } from "@millwright/kit/sqlite";
import { agentFault } from "../faults.ts";
import { outboxMigrations } from "./outbox-migrations.ts";

// A check of every page reads the whole file: at 64 MB about a second on an SD card, at 2 GB half a minute.
const checkedAtOpenBytes = 64 * 1024 * 1024;

/** @param wallMs names the moved file. @throws Fault outbox_in_use, outbox_newer, outbox_cannot_open. */
export function openStoreFile(file: string, wallMs: number): { database: DatabaseSync; damagedFile: string | null } {
  const wasFoundDamaged = existsSync(markerOf(file));
  if (!wasFoundDamaged) {
    const database = tryOpen(file);
    if (database !== null) return { database, damagedFile: null };
  }
  const damagedFile = moveAside(file, wallMs);
  const database = tryOpen(file);
  if (database === null) throw agentFault("outbox_cannot_open", `${file}: a new file is damaged at once`);
  return { database, damagedFile };
}

/** Whether SQLite said that the file is damaged or no database. https://sqlite.org/rescode.html */
export function isDamage(error: unknown): boolean {
  const primary = codeOf(error) & 0xff;
  return primary === 11 || primary === 26;
}

/** Found damaged while running: the next `openStoreFile` moves the file aside. */
export function noteDamage(file: string, detail: string): void {
  writeFileSync(markerOf(file), `${detail}\n`);
}

function tryOpen(file: string): DatabaseSync | null {
  let database: DatabaseSync | null = null;
  try {
    database = openSqlite(file);
    // One agent, one outbox: a second process must not send the same records.
    database.exec("PRAGMA locking_mode = EXCLUSIVE");
    // Before that many pages (16 MB) group-commit.ts has written the log back, in a pause.
    database.exec("PRAGMA wal_autocheckpoint = 4000");
    if (statSync(file).size <= checkedAtOpenBytes && !isSound(database)) return closed(database);
    migrateSqlite(database, outboxMigrations);
    return database;
  } catch (error) {
    if (isDamage(error)) return closed(database);
    closed(database);
    if (error instanceof Fault) throw error;
    if ((codeOf(error) & 0xff) === 5)
      throw agentFault("outbox_in_use", `${file} is in use by another agent. Stop it, or give each agent its own data_dir.`, error);
    if (messageOf(error).includes("newer Millwright"))
      throw agentFault("outbox_newer", `${file} was written by a newer Millwright. Install that version again.`, error);
    throw agentFault("outbox_cannot_open", `${file} cannot be opened: ${messageOf(error)}. Check owner and mode of data_dir.`, error);
  }
}

function isSound(database: DatabaseSync): boolean {
  const row = database.prepare("PRAGMA quick_check(1)").get() as { quick_check: string } | undefined;
  return row?.quick_check === "ok";
}

function closed(database: DatabaseSync | null): null {
  try {
    database?.close();
  } catch {
    // a damaged database may refuse to close; its file is moved aside all the same
  }
  return null;
}

function moveAside(file: string, wallMs: number): string {
  const stamp = new Date(wallMs).toISOString().replaceAll(/[:.]/g, "-");
  let name = `${file}.damaged-${stamp}`;
  for (let n = 2; existsSync(name); n++) name = `${file}.damaged-${stamp}-${n}`;
  for (const part of ["", "-wal", "-shm"]) if (existsSync(file + part)) renameSync(file + part, name + part);
  rmSync(markerOf(file), { force: true });
  return name;
}

const markerOf = (file: string): string => `${file}.is-damaged`;
const codeOf = (error: unknown): number =>
  error instanceof Error && "errcode" in error && typeof error.errcode === "number" ? error.errcode : 0;
