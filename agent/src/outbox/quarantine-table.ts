// Records taken out of their lanes, with the reason; the newest few are kept for a person. Inside the caller's transaction.
import type { DatabaseSync } from "node:sqlite";
import { maxMessageBytes } from "@millwright/contract/up-message";
import type { QuarantinedRecord } from "./outbox.ts";

const keptRecords = 200;

export type QuarantineTable = ReturnType<typeof quarantineTable>;

export function quarantineTable(database: DatabaseSync) {
  const add = database.prepare("INSERT INTO quarantine (lane, seq, reason, at_ms, body) VALUES (?, ?, ?, ?, ?)");
  const trim = database.prepare("DELETE FROM quarantine WHERE id <= (SELECT max(id) FROM quarantine) - ?");
  const all = database.prepare("SELECT lane, seq, reason, at_ms AS atMs, body FROM quarantine ORDER BY id");
  return {
    /** A body beyond the largest message is cut. */
    add(record: QuarantinedRecord): void {
      add.run(record.lane, record.seq, record.reason, record.atMs, record.body.slice(0, maxMessageBytes));
      trim.run(keptRecords);
    },
    all: (): QuarantinedRecord[] => all.all().map((row) => ({ ...row }) as QuarantinedRecord),
  };
}
