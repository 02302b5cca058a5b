// The store on node:sqlite: one file, WAL, synchronous=FULL, in a thread of its own.
import { randomUUID } from "node:crypto";
import { dirname } from "node:path";
import { ensureFolder } from "@millwright/kit/ensure-folder";
import { type Fault, messageOf } from "@millwright/kit/fault";
import { Kysely } from "kysely";
import { Migrator } from "kysely/migration";
import { fault } from "../faults.ts";
import { lockStore } from "./lock-store.ts";
import { migrations } from "./migrations.ts";
import { openSqliteConnection } from "./sqlite-connection.ts";
import { sqliteDialect } from "./sqlite-dialect.ts";
import type { Store } from "./store.ts";
import type { Tables } from "./tables.ts";

/** Opens or creates the store in `file`; `onLost` is called where it ends by itself later. @throws Fault store_unusable, store_in_use, store_newer. */
export async function openSqliteStore(file: string, wallMs: number, onLost: (fault: Fault) => void = () => {}): Promise<Store> {
  makeFolderOf(file);
  const unlock = lockStore(file);
  const connection = openSqliteConnection(file);
  const writer = new Kysely<Tables>({ dialect: sqliteDialect(connection.runOn("write")) });
  const reader = new Kysely<Tables>({ dialect: sqliteDialect(connection.runOn("read")) });
  try {
    await migrate(writer);
    const id = await identify(writer, wallMs);
    connection.onLost((error) => onLost(fault("store_lost", `${file}: ${messageOf(error)}`, error)));
    return {
      id,
      reader,
      transaction: (work) => writer.transaction().execute(work),
      async close() {
        await writer.destroy();
        await reader.destroy();
        await connection.close();
        unlock();
      },
    };
  } catch (error) {
    await connection.close().catch(() => {});
    unlock();
    if (messageOf(error).includes("previously executed migration"))
      throw fault("store_newer", `${file} was written by a newer Millwright`, error);
    throw fault("store_unusable", `the store ${file} cannot be opened: ${messageOf(error)}`, error);
  }
}

function makeFolderOf(file: string): void {
  try {
    ensureFolder(dirname(file));
  } catch (error) {
    throw fault("store_unusable", `data_dir ${dirname(file)} cannot be made or written: ${messageOf(error)}`, error);
  }
}

async function migrate(db: Kysely<Tables>): Promise<void> {
  const { error } = await new Migrator({ db, provider: { getMigrations: async () => migrations } }).migrateToLatest();
  if (error !== undefined) throw error;
}

async function identify(db: Kysely<Tables>, wallMs: number): Promise<string> {
  const known = await db.selectFrom("store").select("id").executeTakeFirst();
  if (known !== undefined) return known.id;
  const id = randomUUID();
  await db.insertInto("store").values({ id, created_ms: wallMs, commit_no: 0 }).execute();
  return id;
}
