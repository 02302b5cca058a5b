// Tickets through the real ingest: re-coding, closing for good, and the promise of one ticket under any order and repetition.
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, test } from "node:test";
import type { Prediction } from "@millwright/contract/prediction";
import { upTopic } from "@millwright/contract/topics";
import fc from "fast-check";
import { type Committed, commitGroup } from "../ingest/commit-group.ts";
import { judgeMessage } from "../ingest/judge-message.ts";
import { openSqliteStore } from "../store/sqlite-store.ts";
import type { Store } from "../store/store.ts";
import { prediction, testEpoch } from "../test-support/records.ts";
import { testFolder } from "../test-support/start-test-gateway.ts";
import { closeTicket } from "./close-ticket.ts";
import { listTickets, readTicket } from "./read-tickets.ts";

const stores: Store[] = [];
after(() => Promise.all(stores.map((store) => store.close())));

async function openStore(): Promise<Store> {
  const store = await openSqliteStore(join(testFolder(), "tickets.db"), 0);
  stores.push(store);
  return store;
}

function deliver(store: Store, predictions: readonly Prediction[], tenant = "default", agent = "box-1"): Promise<Committed> {
  const address = { tenant, agent };
  const payload = Buffer.from(
    JSON.stringify({ schema: "millwright/up/1", ...address, epoch: testEpoch, lane: "prediction", records: predictions }),
  );
  const judged = judgeMessage(upTopic(address, "prediction"), payload);
  return commitGroup(store, judged === null ? [] : [judged], 1_000);
}

test("an undiagnosed ticket is re-coded by a later diagnosis; the level only rises", async () => {
  const store = await openStore();
  await deliver(store, [prediction({ seq: 1, level: "watch", score: 1.1 })]);
  assert.equal((await listTickets(store, "all")).length, 0);
  await deliver(store, [prediction({ seq: 2, level: "warning" })]);
  await deliver(store, [prediction({ seq: 3, level: "critical", failure_mode: "VIB", score: 6 })]);
  await deliver(store, [prediction({ seq: 4, level: "warning", failure_mode: "UNK", score: 2 })]);
  const [ticket, ...others] = await listTickets(store, "open");
  assert.deepEqual(
    [ticket?.failure_mode, ticket?.level, ticket?.level_now, ticket?.score_peak, others.length],
    ["VIB", "critical", "warning", 6, 0],
  );
  assert.deepEqual(
    (await readTicket(store, 1, 5_000))?.history.map(({ what }) => what),
    ["opened", "recoded", "level_raised"],
  );
});

test("a probable cause reaches the ticket with its lines, and stays when later evidence names none", async () => {
  const store = await openStore();
  const unknown = { status: "unknown" as const, reason: "nothing_stands_out" as const, candidates: [], lines: [] };
  const line = {
    spectrum: "envelope" as const,
    of: "bpfo" as const,
    order: 1,
    hz: 236.12,
    expected_hz: 236.4,
    height_db: 18.2,
    growth_db: null,
  };
  const named = {
    status: "named" as const,
    cause: "bearing_outer_race" as const,
    point: "vibration",
    lines: [line, { ...line, order: 2 }],
  };
  await deliver(store, [prediction({ seq: 1, diagnosis: unknown })]);
  const before = await readTicket(store, 1, 5_000);
  assert.deepEqual(
    [before?.diagnosis?.status, before?.diagnosis?.cause, before?.diagnosis?.reason],
    ["unknown", null, "nothing_stands_out"],
  );
  await deliver(store, [prediction({ seq: 2, failure_mode: "VIB", diagnosis: named }), prediction({ seq: 3, diagnosis: unknown })]);
  const after = await readTicket(store, 1, 5_000);
  const text = "Outer race of the bearing: line at 236.1 Hz (expected 236.4), 2 harmonics, 18 dB over the floor.";
  assert.deepEqual([after?.failure_mode, after?.diagnosis?.cause, after?.diagnosis?.text], ["VIB", "bearing_outer_race", text]);
  assert.equal(after?.diagnosis?.lines[1]?.title, "2 × outer race, in the envelope");
  assert.equal(after?.diagnosis_text, "Cause unknown: no line of the spectrum has grown.");
  await deliver(store, [prediction({ seq: 4, episode: `${testEpoch}-2` })]);
  assert.equal((await readTicket(store, 2, 5_000))?.diagnosis, null);
});

test("a vibration zone reaches the ticket in words: card, title and signal", async () => {
  const store = await openStore();
  const zone = { letter: "D" as const, standard: "ISO 20816-3, group 2, rigid", velocity_mm_s: 7.9 };
  const signals = [{ point: "vibration_rms_de", unit: "mm/s", baseline: null, now: 7.9, contribution: 1, zone }];
  await deliver(store, [prediction({ seq: 1, level: "critical", layer: "zones", failure_mode: "VIB", signals })]);
  const ticket = await readTicket(store, 1, 5_000);
  assert.deepEqual(
    [ticket?.title, ticket?.layer_text, ticket?.signals[0]?.zone_text],
    [
      "Vibration",
      "its vibration is above what the standard allows for long-term operation",
      "Zone D of ISO 20816-3, group 2, rigid: high enough to damage the machine. Act now.",
    ],
  );
  assert.match(ticket?.sentence ?? "", /vibration RMS at the drive end is 7\.9 mm\/s \(zone D of ISO 20816-3, group 2, rigid\);/);
});

test("a ticket stays in sight when its box is renamed in the middle of the episode, and the verdict goes to the new name", async () => {
  const store = await openStore();
  await deliver(store, [prediction({ seq: 1 })]);
  await deliver(store, [prediction({ seq: 2, level: "critical" })], "default", "box-new");
  const [ticket] = await listTickets(store, "open");
  assert.deepEqual([ticket?.level, ticket?.agent], ["critical", "box-new"]);
  await closeTicket(store, 1, { verdict: "found", actor: "Ana" }, { nowMs: 5_000, ticketGoal: 0.5 });
  assert.deepEqual(await store.reader.selectFrom("commands").select("agent").execute(), [{ agent: "box-new" }]);
  await deliver(store, [prediction({ seq: 3, level: "warning" })], "default", "box-newer");
  assert.equal((await listTickets(store, "done")).length, 1);
});

test("what a box said under its old name, delivered late, hides no ticket and takes no verdict away from the new name", async () => {
  const store = await openStore();
  await deliver(store, [prediction({ seq: 2, level: "critical" })], "default", "box-new");
  await deliver(store, [prediction({ seq: 1 })], "default", "box-1");
  const [ticket] = await listTickets(store, "open");
  assert.deepEqual([ticket?.level, ticket?.agent], ["critical", "box-new"]);
  assert.equal((await readTicket(store, 1, 5_000))?.predictions, 2);
});

test("a closed episode stays closed, whatever comes again or later; a new episode opens anew", async () => {
  const store = await openStore();
  await deliver(store, [prediction({ seq: 1 })]);
  const verdict = { verdict: "nothing", actor: "Ana" } as const;
  assert.equal((await closeTicket(store, 1, verdict, { nowMs: 5_000, ticketGoal: 0.5 })).outcome, "closed");
  assert.equal((await closeTicket(store, 1, verdict, { nowMs: 6_000, ticketGoal: 0.5 })).outcome, "already_done");
  assert.equal((await closeTicket(store, 77, verdict, { nowMs: 6_000, ticketGoal: 0.5 })).outcome, "unknown");
  await deliver(store, [prediction({ seq: 1 }), prediction({ seq: 2, level: "critical", failure_mode: "OHE" })]);
  const [ticket] = await listTickets(store, "all");
  assert.deepEqual([ticket?.status, ticket?.level, ticket?.failure_mode], ["done", "warning", "UNK"]);
  await deliver(store, [prediction({ seq: 3, episode: `${testEpoch}-2` })]);
  assert.deepEqual(
    (await listTickets(store, "all")).map(({ id, status }) => [id, status]),
    [
      ["T-2", "open"],
      ["T-1", "done"],
    ],
  );
});

test("the same name at another site, or with another tenant, is another machine", async () => {
  const store = await openStore();
  await deliver(store, [prediction({ seq: 1 }), prediction({ seq: 2, machine: { site: "plant/line2", name: "P-101" } })]);
  await deliver(store, [prediction({ seq: 1 })], "other");
  assert.equal((await listTickets(store, "open")).length, 3);
});

test("property: any order, batching and repetition of deliveries gives the same tickets, one an episode", async () => {
  const store = await openStore();
  let tenant = 0;
  const plan = fc.array(
    fc.record({
      episode: fc.integer({ min: 1, max: 3 }),
      level: fc.constantFrom("watch", "warning", "critical"),
      failure_mode: fc.constantFrom("UNK", "UNK", "VIB"),
    }),
    { minLength: 1, maxLength: 8 },
  );
  const cases = plan.chain((all) => {
    const indices = all.flatMap((_, index) => [index, index]);
    return fc.tuple(fc.constant(all), fc.shuffledSubarray(indices, { minLength: indices.length }), fc.integer({ min: 1, max: 4 }));
  });
  await fc.assert(
    fc.asyncProperty(cases, async ([all, order, size]) => {
      const records = all.map(({ episode, level, failure_mode }, index) =>
        prediction({ seq: index + 1, episode: `${testEpoch}-${episode}`, level, failure_mode, score: index + 1 } as Parameters<
          typeof prediction
        >[0]),
      );
      const shuffled = order.map((index) => records[index] as Prediction);
      const [inOrder, anyhow] = [`in-order-${++tenant}`, `anyhow-${tenant}`];
      await deliver(store, records, inOrder);
      for (let at = 0; at < shuffled.length; at += size) await deliver(store, shuffled.slice(at, at + size), anyhow);
      const ticketsOf = async (name: string) => {
        const rows = await store.reader
          .selectFrom("tickets")
          .select(["site", "machine", "episode", "failure_mode", "level", "status", "opened_ms", "updated_ms"])
          .where("tenant", "=", name)
          .orderBy("episode")
          .execute();
        const incidents = await store.reader.selectFrom("incidents").selectAll().where("tenant", "=", name).orderBy("episode").execute();
        return { rows, incidents: incidents.map((row) => ({ ...row, tenant: "" })) };
      };
      const expected = new Set(records.filter(({ level }) => level !== "watch").map(({ episode }) => episode));
      const got = await ticketsOf(anyhow);
      assert.deepEqual(got, await ticketsOf(inOrder));
      assert.deepEqual(
        got.rows.map(({ episode }) => episode),
        [...expected].sort(),
      );
    }),
    { numRuns: 40 },
  );
});
