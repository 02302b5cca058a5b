// What is in the stores of the agent and of the gateway, read when both have ended.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { lanes } from "@millwright/contract/topics";
import { type Identity, identityOf, type LedgerLine } from "../../scripts/processes/read-ledger.ts";

/** Every identity in the agent's outbox, whether confirmed or not. */
export function outboxIdentities(store: string, address: { tenant: string; agent: string }): Identity[] {
  return withDatabase(join(store, "outbox.db"), (database) => {
    const epoch = String(database.prepare("SELECT value FROM meta WHERE key = 'epoch'").get()?.["value"]);
    return lanes.flatMap((lane) =>
      database
        .prepare(`SELECT seq, records FROM ${lane}_record`)
        .all()
        .flatMap((row) => Array.from({ length: Number(row["records"]) }, (_, n) => Number(row["seq"]) + n))
        .map((seq) => identityOf({ ...address, epoch, lane, seq })),
    );
  });
}

/** Distinct rows the agent read in full, every measurement good or at least there, by the device's own update counter. */
export function goodRows(store: string): number {
  return withDatabase(join(store, "outbox.db"), (database) => {
    const rows = database.prepare("SELECT body FROM telemetry_record").all();
    const good = new Set<number>();
    for (const body of rows.flatMap((row) => String(row["body"]).split("\n"))) {
      const { update, values } = JSON.parse(body) as { update?: number; values: Record<string, number | null> };
      if (update !== undefined && Object.values(values).every((value) => value !== null)) good.add(update);
    }
    return good.size;
  });
}

export type StoredRecords = { identities: Identity[]; rows: number; sensorEvents: number; firstAlarmMs: number | null };

/** What the gateway's store holds. */
export function storedRecords(gatewayData: string): StoredRecords {
  const file = readdirSync(gatewayData).find((name) => name.endsWith(".db"));
  if (file === undefined) throw new Error(`no store in ${gatewayData}`);
  return withDatabase(join(gatewayData, file), (database) => {
    const tables = { prediction: "predictions", event: "events", telemetry: "telemetry" } as const;
    const identities = lanes.flatMap((lane) =>
      database
        .prepare(`SELECT tenant, agent, epoch, seq FROM ${tables[lane]}`)
        .all()
        .map((row) => identityOf({ ...(row as unknown as Omit<LedgerLine, "lane">), lane })),
    );
    const one = (sql: string): number | null => (database.prepare(sql).get()?.["n"] ?? null) as number | null;
    return {
      identities,
      rows: one("SELECT count(DISTINCT update_no) AS n FROM telemetry") ?? 0,
      sensorEvents: one("SELECT count(*) AS n FROM events WHERE event = 'sensor_frozen'") ?? 0,
      firstAlarmMs: one("SELECT min(wall_ms) AS n FROM predictions WHERE level <> 'normal'"),
    };
  });
}

function withDatabase<T>(file: string, read: (database: DatabaseSync) => T): T {
  const database = new DatabaseSync(file, { readOnly: true });
  try {
    return read(database);
  } finally {
    database.close();
  }
}
