// Model tickets through the real ingest: one open ticket per machine and cause, whatever is delivered again or late.
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, test } from "node:test";
import type { Event } from "@millwright/contract/event";
import { upTopic } from "@millwright/contract/topics";
import fc from "fast-check";
import { type Committed, commitGroup } from "../ingest/commit-group.ts";
import { judgeMessage } from "../ingest/judge-message.ts";
import { openSqliteStore } from "../store/sqlite-store.ts";
import type { Store } from "../store/store.ts";
import type { ModelOutcome } from "../store/tables.ts";
import { event, testEpoch, testMachine, testStartMs } from "../test-support/records.ts";
import { testFolder } from "../test-support/start-test-gateway.ts";
import { closeModelTicket, listModelTickets } from "./model-tickets.ts";
import { listTickets } from "./read-tickets.ts";

const stores: Store[] = [];
after(() => Promise.all(stores.map((store) => store.close())));

async function openStore(): Promise<Store> {
  const store = await openSqliteStore(join(testFolder(), "model-tickets.db"), 0);
  stores.push(store);
  return store;
}

function deliver(store: Store, events: readonly Event[], tenant = "default"): Promise<Committed> {
  const address = { tenant, agent: "box-1" };
  const payload = Buffer.from(JSON.stringify({ schema: "millwright/up/1", ...address, epoch: testEpoch, lane: "event", records: events }));
  const judged = judgeMessage(upTopic(address, "event"), payload);
  return commitGroup(store, judged === null ? [] : [judged], 1_000);
}

const report = (seq: number, model_causes: Event["model_causes"] = ["drift"], text = `report ${seq}`): Event =>
  event({ seq, event: "model_report", machine: testMachine, model_causes, text });

test("drift opens a model ticket and no machine ticket; the next nights only keep it up to date", async () => {
  const store = await openStore();
  assert.equal((await deliver(store, [report(1, [])])).openedModelTickets.length, 0);
  assert.equal((await deliver(store, [report(2)])).openedModelTickets.length, 1);
  assert.equal((await deliver(store, [report(4), report(2), report(3, ["drift", "age"])])).openedModelTickets.length, 1);
  assert.deepEqual(
    (await listModelTickets(store, "open", 0)).map(({ cause, text, kind }) => [kind, cause, text]),
    [
      ["model", "age", "report 3"],
      ["model", "drift", "report 4"],
    ],
  );
  assert.deepEqual(await listTickets(store, "all"), []);
});

const ready = (seq: number): Event =>
  event({ seq, event: "baseline_ready", machine: testMachine, text: "Baseline 2 is live, learned from 400 healthy rows." });

test("a ticket about a model that was replaced closes itself; one about the new model does not, and an older report opens none again", async () => {
  const store = await openStore();
  await deliver(store, [report(2, ["drift", "age"])]);
  await deliver(store, [{ ...ready(3), machine: { ...testMachine, name: "P-999" } }]);
  assert.equal((await listModelTickets(store, "open", 0)).length, 2, "another machine's baseline");
  await deliver(store, [ready(4)]);
  assert.deepEqual(await listModelTickets(store, "current", 0), []);
  const [closed] = await listModelTickets(store, "done", 0);
  assert.deepEqual(
    [closed?.note, closed?.actor, closed?.outcome, closed?.closed_ms],
    ["The model this was about has been replaced. Baseline 2 is live, learned from 400 healthy rows.", null, null, ready(4).time.wall_ms],
  );
  await deliver(store, [report(3)]);
  assert.equal((await listModelTickets(store, "open", 0)).length, 0, "a report that was late");
  await deliver(store, [report(6)]);
  await deliver(store, [ready(5)]);
  assert.deepEqual(
    (await listModelTickets(store, "open", 0)).map(({ text }) => text),
    ["report 6"],
  );
});

test("a closed one stays closed for reports from before, and cannot be closed twice", async () => {
  const store = await openStore();
  await deliver(store, [report(5)]);
  const [ticket] = await listModelTickets(store, "open", 0);
  const answer = { actor: "Eva", outcome: "retrain", note: "learned again" } as const;
  assert.equal(await closeModelTicket(store, ticket?.id ?? "", answer, (ticket?.opened_ms ?? 0) + 1_500), true);
  assert.equal(await closeModelTicket(store, ticket?.id ?? "", answer, 9e12), false);
  await deliver(store, [report(6)]);
  assert.equal((await listModelTickets(store, "open", 0)).length, 0);
});

test("verdicts that an older agent counted itself open none", async () => {
  const store = await openStore();
  assert.deepEqual((await deliver(store, [report(1, ["verdicts"])])).openedModelTickets, []);
});

const dayMs = 86_400_000;

/** A drift report so many days after the start, with so many drifted signals; 0: none. */
function nightly(day: number, drifted: number): Event {
  const [base] = [report(day + 1, drifted === 0 ? [] : ["drift"], `day ${day}`)];
  return { ...base, time: { ...base.time, wall_ms: testStartMs + day * dayMs }, figures: { drifted } };
}

type Answered = { store: Store; openAfter: (day: number, drifted: number) => Promise<string[]> };

async function answeredOnDayOne(outcome: ModelOutcome): Promise<Answered> {
  const store = await openStore();
  await deliver(store, [nightly(0, 1)]);
  await closeModelTicket(store, "M-1", { actor: "Eva", outcome }, testStartMs + dayMs / 2);
  const openAfter = async (day: number, drifted: number): Promise<string[]> => {
    await deliver(store, [nightly(day, drifted)]);
    return (await listModelTickets(store, "open", 0)).map(({ id }) => id);
  };
  return { store, openAfter };
}

test("a model that is kept is not asked about again for 30 days while its cause is the same, and the page can say so", async () => {
  const { store, openAfter } = await answeredOnDayOne("keep");
  for (const day of [1, 2, 29]) assert.deepEqual(await openAfter(day, 1), [], `day ${day}`);
  const current = (day: number) => listModelTickets(store, "current", testStartMs + day * dayMs);
  const [kept] = await current(29);
  assert.deepEqual([kept?.id, kept?.text], ["M-1", "day 29"]);
  assert.equal(kept?.kept_text, "Looked at by Eva, who keeps the model. Asked again when the cause changes, or after 2026-12-20.");
  assert.deepEqual(await current(31), []);
  assert.deepEqual(await openAfter(31, 1), ["M-2"]);
});

test("one that will be trained again is not asked about the next night, but after 7 days, or when it goes further", async () => {
  const { store, openAfter } = await answeredOnDayOne("retrain");
  for (const day of [1, 2, 7]) assert.deepEqual(await openAfter(day, 1), [], `day ${day}`);
  const [answered] = await listModelTickets(store, "current", testStartMs + 7 * dayMs);
  assert.equal(answered?.kept_text, "Looked at by Eva, who has it trained again. Asked again when the cause changes, or after 2026-11-27.");
  assert.deepEqual(await openAfter(8, 1), ["M-2"]);

  const worse = await answeredOnDayOne("retrain");
  assert.deepEqual(await worse.openAfter(1, 2), ["M-2"]);
});

test("a kept cause that goes, or goes further, is asked about again; a late report ends nothing", async () => {
  const gone = await answeredOnDayOne("keep");
  assert.deepEqual(await gone.openAfter(1, 1), []);
  assert.deepEqual(await gone.openAfter(2, 0), []);
  assert.deepEqual(await gone.openAfter(3, 1), ["M-2"]);

  const worse = await answeredOnDayOne("keep");
  assert.deepEqual(await worse.openAfter(1, 2), ["M-2"]);
  assert.deepEqual(
    (await listModelTickets(worse.store, "current", testStartMs + dayMs)).map(({ id }) => id),
    ["M-2"],
  );

  const late = await answeredOnDayOne("keep");
  await deliver(late.store, [{ ...nightly(0, 0), seq: 77 }]);
  assert.deepEqual(await late.openAfter(1, 1), []);
});

test("property: any order and repetition leaves one open ticket for each cause, with the newest text", async () => {
  const store = await openStore();
  let tenant = 0;
  const order = fc.shuffledSubarray([1, 1, 2, 2, 3, 3, 4, 4], { minLength: 8 });
  await fc.assert(
    fc.asyncProperty(order, async (seqs) => {
      const name = `t-${++tenant}`;
      for (const seq of seqs) await deliver(store, [report(seq)], name);
      const rows = await store.reader.selectFrom("model_tickets").select(["status", "text"]).where("tenant", "=", name).execute();
      assert.deepEqual(rows, [{ status: "open", text: "report 4" }]);
    }),
    { numRuns: 30 },
  );
});
