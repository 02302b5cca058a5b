import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { isDue } from "@millwright/kit/daily";
import { insertTelemetry } from "../ingest/insert-records.ts";
import { openSqliteStore } from "../store/sqlite-store.ts";
import { telemetry } from "../test-support/records.ts";
import { testFolder } from "../test-support/start-test-gateway.ts";
import { until } from "../test-support/until.ts";
import { startDaily } from "./daily.ts";
import { removeTelemetryBefore } from "./retention.ts";

const dayMs = 86_400_000;

test("due when the gap has passed, and when the clock was put back", () => {
  assert.deepEqual(
    [
      isDue(null, 0, dayMs),
      isDue(0, dayMs - 1, dayMs),
      isDue(0, dayMs, dayMs),
      isDue(0, 30 * dayMs, dayMs),
      isDue(400 * dayMs, 35 * dayMs, dayMs),
    ],
    [true, false, true, true, true],
  );
});

test("a missed day is caught up once at the start, and not again the same day", async () => {
  const store = await openSqliteStore(join(testFolder(), "daily.db"), 0);
  let runs = 0;
  const start = (nowMs: number) => startDaily({ store, emit: () => {}, task: "t", wallMs: () => nowMs, run: async () => void runs++ });
  for (const [nowMs, expected] of [
    [10 * dayMs, 1],
    [10 * dayMs + 5, 1],
    [12 * dayMs, 2],
    [400 * dayMs, 3],
  ] as const) {
    const task = start(nowMs);
    await until(async () => (await store.reader.selectFrom("schedule").selectAll().execute()).length === 1, "the first run");
    await task.close();
    assert.equal(runs, expected);
  }
  await store.close();
});

test("retention removes old telemetry, and nothing else", async () => {
  const store = await openSqliteStore(join(testFolder(), "retention.db"), 0);
  const rows = Array.from({ length: 30 }, (_, i) => telemetry({ seq: i + 1 }));
  await store.transaction((tx) => insertTelemetry(tx, { tenant: "t", agent: "a", epoch: "e" }, rows));
  const cut = rows[20]?.time.wall_ms ?? 0;
  assert.equal(await removeTelemetryBefore(store, cut), 20);
  assert.equal(await removeTelemetryBefore(store, cut), 0);
  assert.deepEqual(
    (await store.reader.selectFrom("telemetry").select("seq").orderBy("seq").execute()).map(({ seq }) => seq),
    rows.slice(20).map(({ seq }) => seq),
  );
  await store.close();
});
