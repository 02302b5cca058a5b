// The chart's rows from the real store: to now while a ticket is open, however long that is, and each a row that was measured.
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, test } from "node:test";
import { type Lane, upTopic } from "@millwright/contract/topics";
import { commitGroup } from "../ingest/commit-group.ts";
import { judgeMessage } from "../ingest/judge-message.ts";
import { openSqliteStore } from "../store/sqlite-store.ts";
import { prediction, telemetry, testEpoch, testStartMs } from "../test-support/records.ts";
import { testFolder } from "../test-support/start-test-gateway.ts";
import { closeTicket } from "./close-ticket.ts";
import { maxRows, readSeries, type Series, withGaps } from "./read-series.ts";

const address = { tenant: "default", agent: "box-1" };
const store = await openSqliteStore(join(testFolder(), "series.db"), 0);
after(() => store.close());

async function deliver(lane: Lane, records: readonly unknown[]): Promise<void> {
  const message = { schema: "millwright/up/1", ...address, epoch: testEpoch, lane, records };
  const judged = judgeMessage(upTopic(address, lane), Buffer.from(JSON.stringify(message)));
  await commitGroup(store, judged === null ? [] : [judged], 1_000);
}

const series = async (): Promise<Series> => {
  const read = await readSeries(store, 1);
  assert.ok(read !== null);
  return read;
};

test("an open ticket's chart reaches to now; a done one's to its end", async () => {
  await deliver("prediction", [prediction({ seq: 300 })]);
  const rows = Array.from({ length: 4_000 }, (_, i) => telemetry({ seq: i + 1, score: i + 1 }));
  for (let at = 0; at < 400; at += 400) await deliver("telemetry", rows.slice(at, at + 400));
  const short = await series();
  assert.deepEqual([short.wall_ms.length, short.is_thinned, short.to_ms], [400, false, testStartMs + 400_000]);
  for (let at = 400; at < rows.length; at += 400) await deliver("telemetry", rows.slice(at, at + 400));
  const long = await series();
  assert.equal(long.to_ms, testStartMs + 4_000_000);
  assert.ok(long.is_thinned && long.wall_ms.length <= maxRows && long.wall_ms.length > maxRows * 0.8, String(long.wall_ms.length));
  assert.equal(long.span_text.replaceAll("\u00a0", " "), "1 h 7 min");
  assert.deepEqual(
    long.score.map((score) => testStartMs + (score ?? 0) * 1_000),
    long.wall_ms,
  );
  assert.deepEqual(
    long.wall_ms,
    [...new Set(long.wall_ms)].sort((a, b) => a - b),
  );
  await closeTicket(store, 1, { verdict: "found", actor: "Ana" }, { nowMs: testStartMs + 2_000_000, ticketGoal: 0.5 });
  assert.equal((await series()).to_ms, testStartMs + 2_000_000);
});

test("where rows are missing the line is broken", () => {
  const row = (wall_ms: number) => ({ wall_ms, values: '{"a":1}', score: 1 });
  assert.deepEqual(withGaps([row(0), row(10), row(20), row(120)]), [
    row(0),
    row(10),
    row(20),
    { wall_ms: 70, values: "{}", score: null },
    row(120),
  ]);
});
