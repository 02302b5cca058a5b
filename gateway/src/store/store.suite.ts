// What any implementation of the store port must do. Called by the test of each.
import assert from "node:assert/strict";
import { test } from "node:test";
import { readModelRecords } from "../verdicts/model-records.ts";
import { nextCommit } from "./next-commit.ts";
import type { Store } from "./store.ts";

/** @param open opens (or re-opens) the same database; the first call finds it empty. */
export function storeSuite(name: string, open: () => Promise<Store>): void {
  const event = (seq: number, agent = "a") => ({
    tenant: "t",
    agent,
    epoch: "e",
    seq,
    site: null,
    machine: null,
    wall_ms: seq + 0.5,
    event: "agent_started",
    severity: "info",
    text: "x",
    body: "{}",
  });
  const ticket = (episode: string, failure_mode: "UNK" | "VIB", status: "open" | "done" = "open") => ({
    tenant: "t",
    site: "s",
    machine: "m",
    agent: "a",
    episode,
    failure_mode,
    level: "warning" as const,
    status,
    opened_ms: 1,
    updated_ms: 1,
    closed_ms: null,
    verdict: null,
    verdict_mode: null,
    actor: null,
    note: null,
    layer: null,
    model_id: null,
    model_hash: null,
    generation: null,
  });

  test(`${name}: keeps its id and its rows over a restart; commits count up`, async () => {
    const first = await open();
    const { id } = first;
    await first.transaction(async (tx) => {
      assert.equal(await nextCommit(tx), 1);
      await tx.insertInto("events").values(event(1)).execute();
    });
    await first.close();
    const second = await open();
    assert.equal(second.id, id);
    assert.equal(await second.transaction(nextCommit), 2);
    assert.deepEqual(await second.reader.selectFrom("events").select(["seq", "wall_ms"]).execute(), [{ seq: 1, wall_ms: 1.5 }]);
    await second.close();
  });

  test(`${name}: a transaction that throws leaves nothing; readers see only what is committed`, async () => {
    const store = await open();
    const count = async (): Promise<number> =>
      (await store.reader.selectFrom("events").select("seq").where("agent", "=", "b").execute()).length;
    await assert.rejects(
      store.transaction(async (tx) => {
        await tx.insertInto("events").values(event(1, "b")).execute();
        assert.equal(await count(), 0);
        throw new Error("stop");
      }),
      /stop/,
    );
    assert.equal(await count(), 0);
    await store.close();
  });

  test(`${name}: transactions that overlap run one after the other`, async () => {
    const store = await open();
    const from = (await store.reader.selectFrom("store").select("commit_no").executeTakeFirstOrThrow()).commit_no;
    const numbers = await Promise.all(Array.from({ length: 20 }, () => store.transaction(nextCommit)));
    assert.deepEqual(
      numbers,
      Array.from({ length: 20 }, (_, i) => from + 1 + i),
    );
    await store.close();
  });

  test(`${name}: the key of a record is unique, per tenant and epoch`, async () => {
    const store = await open();
    await store.transaction((tx) =>
      tx
        .insertInto("events")
        .values([event(9), { ...event(9), tenant: "u" }, { ...event(9), epoch: "f" }])
        .execute(),
    );
    await assert.rejects(
      store.transaction((tx) => tx.insertInto("events").values(event(9)).execute()),
      /unique/i,
    );
    const rows = await store.transaction((tx) =>
      tx
        .insertInto("events")
        .values([event(9), event(10)])
        .onConflict((c) => c.doNothing())
        .returning("seq")
        .execute(),
    );
    assert.deepEqual(rows, [{ seq: 10 }]);
    await store.close();
  });

  test(`${name}: one open ticket per machine, failure mode and episode; one ticket an episode`, async () => {
    const store = await open();
    const add = (...rows: ReturnType<typeof ticket>[]): Promise<unknown> =>
      store.transaction((tx) => tx.insertInto("tickets").values(rows).execute());
    await add(ticket("1", "VIB"), ticket("2", "VIB"));
    await assert.rejects(add(ticket("1", "VIB")), /unique/i);
    await store.transaction((tx) => tx.updateTable("tickets").set({ status: "done" }).where("episode", "=", "1").execute());
    await assert.rejects(add(ticket("1", "VIB")), /unique/i);
    await store.close();
  });

  test(`${name}: verdicts are counted by model, as numbers`, async () => {
    const store = await open();
    const judged = {
      status: "done",
      closed_ms: 9,
      verdict: "nothing",
      layer: "baseline",
      model_id: "m",
      model_hash: "h",
      generation: 4,
    } as const;
    const rows = ["a", "b", "c"].map((episode) => ({ ...ticket(episode, "UNK"), machine: "counted", ...judged }));
    await store.transaction((tx) => tx.insertInto("tickets").values(rows).execute());
    const [record] = (await readModelRecords(store)).filter(({ machine }) => machine.name === "counted");
    assert.deepEqual([record?.tickets, record?.nothing, record?.models[0]?.generation, record?.last_ms], [3, 3, 4, 9]);
    await store.close();
  });
}
