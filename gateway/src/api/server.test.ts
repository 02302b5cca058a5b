// The server over a real store that refuses: what a technician reads whose verdict could not be kept.
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { sql } from "kysely";
import { Registry } from "prom-client";
import { openSqliteStore } from "../store/sqlite-store.ts";
import { openTicket } from "../test-support/judged-ticket.ts";
import { testFolder } from "../test-support/start-test-gateway.ts";
import { createServer } from "./server.ts";

test("a verdict that a full disk refuses is answered with what is wrong and what to do, and can be given again", async () => {
  const store = await openSqliteStore(join(testFolder(), "full.db"), 0);
  for (let no = 1; no <= 4; no++) await openTicket(store, { no });
  const app = await createServer({
    store,
    wallMs: () => 1,
    ticketGoal: 0.5,
    emit: () => {},
    registry: new Registry(),
    pages: null,
    broker: { kind: "embedded", url: "mqtt://127.0.0.1:1883" },
    link: () => ({ broker: "connected", waiting: 0 }),
    onClosed: () => {},
    onRelearn: () => {},
  });
  const limit = (pages: number) => store.transaction((tx) => sql.raw(`PRAGMA max_page_count = ${pages}`).execute(tx));
  const close = (no: number) => {
    const body = { verdict: "found", actor: "Ana", note: "n".repeat(2_000) };
    return app.inject({ method: "POST", url: `/api/tickets/T-${no}/close`, headers: { host: "localhost" }, body });
  };
  await limit(1);
  // What room there is in its pages the first ones take.
  assert.equal((await close(1)).statusCode, 200);
  await Promise.all([close(2), close(3)]);
  const refused = await close(4);
  assert.equal(refused.statusCode, 503);
  const { message } = refused.json() as { message: string };
  assert.match(message, /database or disk is full.*nothing of it is kept\. Free space on the disk of data_dir\. Then try again/);
  await limit(1_000_000);
  assert.equal((await close(4)).statusCode, 200);
  await app.close();
  await store.close();
});
