// The outbox database, version by version. Never edit a version that was released; add one.
import { lanes } from "@millwright/contract/topics";

// One table per lane: `seq` is the row's place in the file, so appending, draining and evicting are sequential.
// `marked` is 1 once the gateway confirmed the record: 0 and 1 take no bytes in a row, so marking rewrites no page layout; of a long row SQLite writes
// only the pages that differ, and those of its body do not.
const laneTables = lanes
  .map(
    (lane) => `
CREATE TABLE ${lane}_record (seq INTEGER PRIMARY KEY, marked INTEGER NOT NULL DEFAULT 0, body TEXT NOT NULL) STRICT;
CREATE INDEX ${lane}_record_waiting ON ${lane}_record (seq) WHERE marked = 0;
INSERT INTO lane (lane) VALUES ('${lane}');`,
  )
  .join("");

export const outboxMigrations: readonly string[] = [
  `
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
INSERT INTO meta VALUES ('epoch', lower(hex(randomblob(8))));
CREATE TABLE lane (
  lane TEXT PRIMARY KEY, last_seq INTEGER NOT NULL DEFAULT 0,
  waiting INTEGER NOT NULL DEFAULT 0, dropped INTEGER NOT NULL DEFAULT 0, quarantined INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
${laneTables}
CREATE TABLE receipt (
  id INTEGER PRIMARY KEY, lane TEXT NOT NULL, from_seq INTEGER NOT NULL, to_seq INTEGER NOT NULL,
  store TEXT NOT NULL, commit_no INTEGER NOT NULL, at_ms REAL NOT NULL, stale INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX receipt_stale ON receipt (id) WHERE stale = 1;
CREATE TABLE quarantine (
  id INTEGER PRIMARY KEY, lane TEXT NOT NULL, seq INTEGER NOT NULL, reason TEXT NOT NULL, at_ms REAL NOT NULL, body TEXT NOT NULL
) STRICT;
CREATE TABLE machine_state (machine TEXT PRIMARY KEY, json TEXT NOT NULL) STRICT;
CREATE TABLE learning_row (id INTEGER PRIMARY KEY, machine TEXT NOT NULL, at_ms REAL NOT NULL, body ANY NOT NULL) STRICT;
CREATE INDEX learning_row_machine ON learning_row (machine, id);
CREATE TABLE command_done (n INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE) STRICT;
`,
  // A row holds so many records, numbered from `seq` on: see record-runs.ts.
  // Which store spoke last stands in the newest receipt.
  `${lanes.map((lane) => `ALTER TABLE ${lane}_record ADD COLUMN records INTEGER NOT NULL DEFAULT 1;`).join("\n")}
DELETE FROM meta WHERE key IN ('store', 'commit');
`,
];
