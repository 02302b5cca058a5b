// What a machine shows through the real ingest: silence, and a level that a technician has answered.
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, test } from "node:test";
import { type Lane, stateTopic, upTopic } from "@millwright/contract/topics";
import { commitGroup } from "../ingest/commit-group.ts";
import { judgeMessage } from "../ingest/judge-message.ts";
import { openSqliteStore } from "../store/sqlite-store.ts";
import type { Store } from "../store/store.ts";
import { birth, cycleForecast, prediction, telemetry, testEpoch, testMachine, testStartMs } from "../test-support/records.ts";
import { testFolder } from "../test-support/start-test-gateway.ts";
import { closeTicket } from "../tickets/close-ticket.ts";
import { listTickets, readTicket } from "../tickets/read-tickets.ts";
import { readMachine } from "./read-machines.ts";

const address = { tenant: "default", agent: "box-1" };
const key = { tenant: "default", site: testMachine.site, machine: testMachine.name };
const stores: Store[] = [];
after(() => Promise.all(stores.map((store) => store.close())));

async function openStore(): Promise<Store> {
  const store = await openSqliteStore(join(testFolder(), "machines.db"), 0);
  stores.push(store);
  return store;
}

async function take(store: Store, topic: string, message: unknown, nowMs: number): Promise<number> {
  const judged = judgeMessage(topic, Buffer.from(JSON.stringify(message)));
  return (await commitGroup(store, judged === null ? [] : [judged], nowMs)).opened.length;
}
const sayState = (store: Store, state: unknown, nowMs: number) => take(store, stateTopic(address), state, nowMs);
const deliver = (store: Store, lane: Lane, records: readonly unknown[], nowMs: number) =>
  take(store, upTopic(address, lane), { schema: "millwright/up/1", ...address, epoch: testEpoch, lane, records }, nowMs);
const show = async (store: Store, nowMs: number) => {
  const machine = await readMachine(store, key, nowMs);
  assert.ok(machine !== null);
  return machine;
};

test("a machine that gives no more rows is silent, and says whether its box is there", async () => {
  const store = await openStore();
  await sayState(store, birth(), 1_000);
  await deliver(
    store,
    "telemetry",
    Array.from({ length: 20 }, (_, i) => telemetry({ seq: i + 1 })),
    20_000,
  );
  assert.equal((await show(store, 50_000)).silent, null);
  const quiet = (await show(store, 50_001)).silent;
  assert.deepEqual([quiet?.reason, quiet?.since_ms], ["no_rows", telemetry({ seq: 20 }).time.wall_ms]);
  assert.match(quiet?.text ?? "", /box-1 is online, but the machine gives no rows/);

  await sayState(store, { schema: "millwright/state/1", ...address, status: "offline" }, 51_000);
  assert.equal((await show(store, 51_000)).silent?.reason, "box_offline");
  await deliver(store, "telemetry", [telemetry({ seq: 21 })], 60_000);
  assert.equal((await show(store, 60_001)).silent, null);
});

test("layers that learn beside the baseline: what each still needs, until the box says that nothing is missing", async () => {
  const store = await openStore();
  const state = birth();
  const machine = state.status === "online" ? state.machines[0] : undefined;
  assert.ok(machine !== undefined);
  const wear = {
    layer: "wear" as const,
    points: ["vibration_rms_de", "a", "b", "c"],
    readiness: 0.2,
    missing: "120 more snapshots, about 120 hours of running",
  };
  const novelty = { layer: "novelty" as const, points: ["current"], readiness: 1, missing: null };
  await sayState(store, { ...state, machines: [{ ...machine, layers: [wear, novelty] }] }, 1_000);
  const { layers } = await show(store, 1_000);
  assert.deepEqual(
    layers.map(({ layer, readiness, text }) => [layer, readiness, text]),
    [
      [
        "wear",
        0.2,
        "Not yet watched for wear (vibration RMS at the drive end, a and 2 more): 120 more snapshots, about 120 hours of running.",
      ],
      ["novelty", 1, null],
    ],
  );
  await sayState(store, state, 2_000);
  assert.deepEqual((await show(store, 2_000)).layers, [], "the configuration names none any more");
});

test("a slow machine is given 10 of its own spacings", async () => {
  const store = await openStore();
  const slow = Array.from({ length: 5 }, (_, i) => {
    const row = telemetry({ seq: i + 1 });
    return { ...row, time: { ...row.time, wall_ms: row.time.wall_ms + i * 59_000 } };
  });
  await deliver(store, "telemetry", slow, 1_000);
  assert.equal((await show(store, 601_000)).silent, null);
  assert.equal((await show(store, 601_001)).silent?.reason, "no_rows");
});

test("the telemetry of an outage, which comes after its predictions, does not make an unwell machine look well; later rows do", async () => {
  const store = await openStore();
  const levels = async () => [(await show(store, 2_000)).level, (await show(store, 2_000)).row_ms];
  await deliver(store, "prediction", [prediction({ seq: 1, level: "critical", time: telemetry({ seq: 900 }).time })], 1_000);
  await deliver(store, "telemetry", [telemetry({ seq: 1, level: "normal" }), telemetry({ seq: 2, level: "watch" })], 2_000);
  assert.deepEqual(await levels(), ["critical", telemetry({ seq: 2 }).time.wall_ms]);
  await deliver(store, "telemetry", [telemetry({ seq: 901, level: "normal" })], 2_000);
  assert.deepEqual(await levels(), ["normal", telemetry({ seq: 901 }).time.wall_ms]);
  // After the box started again its monotonic time is another one.
  const time = { ...telemetry({ seq: 1 }).time, boot_id: "7d3f5e0b-3f1d-4f5e-9f0a-4b1c2a526d3f" };
  await deliver(store, "telemetry", [telemetry({ seq: 902, level: "watch", time })], 2_000);
  assert.equal((await levels())[0], "watch");
});

test("a machine that learns and never gave a row is silent too", async () => {
  const store = await openStore();
  await sayState(store, birth({ readiness: 0.2 }), 1_000);
  assert.equal((await show(store, 31_000)).silent, null);
  const silent = (await show(store, 31_001)).silent;
  assert.deepEqual([silent?.reason, silent?.since_ms], ["no_rows_yet", null]);
});

test("after a verdict the true level stays, as answered; predictions without an episode touch no ticket", async () => {
  const store = await openStore();
  assert.equal(await deliver(store, "prediction", [prediction({ seq: 1, level: "critical" })], 1_000), 1);
  assert.equal((await show(store, 1_000)).answered, null);
  await closeTicket(store, 1, { verdict: "found", actor: "Ana" }, { nowMs: 2_000, ticketGoal: 0.5 });
  // On its way: the box still speaks of the episode.
  assert.equal((await show(store, 2_000)).answered?.by, "Ana");

  const before = (await listTickets(store, "all"))[0];
  const loud = [
    prediction({ seq: 2, level: "critical", episode: null, score: 103 }),
    prediction({ seq: 3, level: "warning", episode: null }),
  ];
  assert.equal(await deliver(store, "prediction", loud, 3_000), 0);
  assert.deepEqual(await listTickets(store, "all"), [before]);
  assert.equal((await store.reader.selectFrom("incidents").select("predictions").execute())[0]?.predictions, 1);
  await deliver(store, "telemetry", [telemetry({ seq: 4, level: "critical", score: 103 })], 3_000);
  const machine = await show(store, 3_000);
  assert.deepEqual([machine.level, machine.score_text, machine.ticket], ["critical", "103 times its alarm limit", null]);
  assert.equal(machine.answered?.text, "answered by Ana, not yet normal again");

  // Normal again, then unwell anew: nobody has answered that yet.
  await deliver(store, "prediction", [prediction({ seq: 4, level: "normal", episode: null, score: 0.2 })], 4_000);
  assert.equal((await show(store, 4_000)).answered, null);
  await deliver(store, "prediction", [prediction({ seq: 5, level: "watch", episode: `${testEpoch}-2` })], 5_000);
  assert.deepEqual([(await show(store, 5_000)).level, (await show(store, 5_000)).answered], ["watch", null]);
});

test("a forecast comes with predictions and with the agent's state, the later row's is shown; a machine without one says nothing of it", async () => {
  const store = await openStore();
  await deliver(store, "prediction", [prediction({ seq: 1 })], 1_000);
  assert.equal((await show(store, 1_000)).forecast, null);
  await deliver(store, "prediction", [prediction({ seq: 2, ...cycleForecast })], 2_000);
  assert.match((await show(store, 2_000)).forecast?.text ?? "", /^Remaining life about 34/);
  const state = birth();
  assert.ok(state.status === "online");
  const none = { status: "unavailable", reason: "missing_signals", detail: "t24 is gone" } as const;
  const sayForecast = (wall_ms: number) =>
    sayState(
      store,
      { ...state, machines: state.machines.map((one) => ({ ...one, forecast: { wall_ms, remaining_life: none, p_fail: none } })) },
      3_000,
    );
  await sayForecast(testStartMs);
  assert.match((await show(store, 3_000)).forecast?.text ?? "", /^Remaining life about 34/, "the state was made before the prediction");
  await sayForecast(testStartMs + 3_000);
  assert.match((await show(store, 3_000)).forecast?.text ?? "", /^No forecast .* missing \(t24 is gone\)\.$/);
  const [ticket] = await listTickets(store, "all");
  const detail = await readTicket(store, Number(ticket?.id.slice(2)), 3_000);
  assert.match(detail?.forecast_text ?? "", /^Remaining life about 34/, "a ticket says what was forecast with its evidence");
});
