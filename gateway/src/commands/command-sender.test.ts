// Commands over a real store: boxes that never come back keep nobody else's verdict from its box.
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import type { Command } from "@millwright/contract/down-message";
import { storeState } from "../fleet/store-state.ts";
import { openSqliteStore } from "../store/sqlite-store.ts";
import { birth, testMachine } from "../test-support/records.ts";
import { testFolder } from "../test-support/start-test-gateway.ts";
import { until } from "../test-support/until.ts";
import { commandRow, createCommandSender } from "./command-sender.ts";

const relearn = (n: number): Command => ({
  schema: "millwright/command/1",
  id: `4b1c2a52-3f1d-4f5e-9f0a-${String(n).padStart(12, "0")}`,
  command: "relearn",
  machine: testMachine,
  actor: "Ana",
  wall_ms: n,
});

test("a thousand commands for boxes that are gone hold up none for a box that is there", async () => {
  const store = await openSqliteStore(join(testFolder(), "commands.db"), 0);
  const rows = Array.from({ length: 1_100 }, (_, n) => commandRow({ tenant: "default", agent: "gone" }, relearn(n), null));
  await store.transaction(async (tx) => {
    await tx.insertInto("commands").values(rows).execute();
    await storeState(tx, birth({ agent: "box-1" }), 1);
    await tx
      .insertInto("commands")
      .values(commandRow({ tenant: "default", agent: "box-1" }, relearn(2_000), null))
      .execute();
  });
  const topics: string[] = [];
  const sender = createCommandSender({ store, publish: async (topic) => void topics.push(topic), emit: () => {} });
  sender.wake();
  await until(() => topics.length >= 1_000, "a whole pass");
  await sender.close();
  await store.close();
  assert.equal(topics.filter((topic) => topic === "millwright/v1/default/box-1/down/command").length, 1);
});
