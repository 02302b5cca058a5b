// --ledger FILE: one line per record that was new, after the commit. For a harness outside; nothing in Millwright reads it.
import { appendFile } from "node:fs/promises";
import type { RecordKey } from "./ingest/commit-group.ts";

export const appendLedger = (file: string, records: readonly RecordKey[]): Promise<void> =>
  records.length === 0 ? Promise.resolve() : appendFile(file, records.map((record) => `${JSON.stringify(record)}\n`).join(""));
