// The intake on a real store: dedupe, receipts after the commit, partial refusals, dead letters, a full queue, a store that refuses.
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, test } from "node:test";
import type { Receipt } from "@millwright/contract/down-message";
import { type Lane, stateTopic, upTopic } from "@millwright/contract/topics";
import { maxMessageBytes } from "@millwright/contract/up-message";
import type { EventName } from "../events.ts";
import { openSqliteStore } from "../store/sqlite-store.ts";
import type { Store } from "../store/store.ts";
import { birth, event, prediction, telemetry, testEpoch } from "../test-support/records.ts";
import { testFolder } from "../test-support/start-test-gateway.ts";
import { until } from "../test-support/until.ts";
import { createIntake, maxQueuedMessages } from "./intake.ts";

const address = { tenant: "default", agent: "box-1" };
const message = (lane: Lane, records: unknown[], epoch = testEpoch) =>
  [upTopic(address, lane), Buffer.from(JSON.stringify({ schema: "millwright/up/1", ...address, epoch, lane, records }))] as const;

const stores: Store[] = [];
after(() => Promise.all(stores.map((store) => store.close())));

async function rig(publish: (store: Store, receipt: Receipt) => Promise<void> = async () => {}) {
  const store = await openSqliteStore(join(testFolder(), "intake.db"), 0);
  stores.push(store);
  const receipts: Receipt[] = [];
  const events: EventName[] = [];
  const fresh: number[] = [];
  const open = () =>
    createIntake({
      store,
      wallMs: () => 1_000,
      emit: (name) => void events.push(name),
      async publish(_topic, payload) {
        const receipt = JSON.parse(payload) as Receipt;
        receipts.push(receipt);
        await publish(store, receipt);
      },
      onCommitted: async ({ newRecords }) => void fresh.push(...newRecords.map(({ seq }) => seq)),
    });
  const take = async (...messages: (readonly [string, Buffer])[]): Promise<void> => {
    const intake = open();
    for (const [topic, payload] of messages) intake.offer(topic, payload);
    await intake.close();
  };
  return { store, receipts, events, fresh, take };
}

test("a receipt comes after the commit, and names what the store now holds, new or not", async () => {
  const seen: number[] = [];
  const { store, receipts, fresh, take } = await rig(async (held) => {
    seen.push((await held.reader.selectFrom("telemetry").select("seq").execute()).length);
  });
  await take(message("telemetry", [telemetry({ seq: 1 }), telemetry({ seq: 2 })]));
  await take(message("telemetry", [telemetry({ seq: 2 }), telemetry({ seq: 3 }), telemetry({ seq: 7 })]));
  assert.deepEqual(
    receipts.map(({ ranges, commit }) => ({ ranges, commit })),
    [
      { ranges: [[1, 2]], commit: 1 },
      {
        ranges: [
          [2, 3],
          [7, 7],
        ],
        commit: 2,
      },
    ],
  );
  await until(() => seen.length === 2, "both reads");
  assert.deepEqual(
    [seen, fresh],
    [
      [2, 4],
      [1, 2, 3, 7],
    ],
  );
  assert.equal(receipts[0]?.store, store.id);
});

test("messages that wait together are one commit and one receipt a lane", async () => {
  const { receipts, take } = await rig();
  await take(
    ...[1, 2, 3].map((seq) => message("telemetry", [telemetry({ seq })])),
    message("event", [event({ seq: 1 })]),
    message("telemetry", [telemetry({ seq: 1 })], "00000000000000bb"),
  );
  assert.deepEqual(
    receipts.map(({ commit, lane, epoch, ranges }) => [commit, lane, epoch, ranges]),
    [
      [1, "telemetry", testEpoch, [[1, 3]]],
      [1, "event", testEpoch, [[1, 1]]],
      [1, "telemetry", "00000000000000bb", [[1, 1]]],
    ],
  );
});

test("a refused record is rejected in the receipt and kept once; the others are stored", async () => {
  const { store, receipts, take } = await rig();
  const batch = message("prediction", [prediction({ seq: 1 }), { ...prediction({ seq: 2 }), level: "dreadful" }, telemetry({ seq: 3 })]);
  await take(batch);
  await take(batch);
  for (const { ranges, rejected } of receipts)
    assert.deepEqual(
      [ranges, rejected],
      [
        [[1, 1]],
        [
          { seq: 2, code: "malformed" },
          { seq: 3, code: "wrong_lane" },
        ],
      ],
    );
  const letters = await store.reader.selectFrom("dead_letters").select(["seq", "code", "tenant"]).orderBy("seq").execute();
  assert.deepEqual(letters, [
    { seq: 2, code: "malformed", tenant: "default" },
    { seq: 3, code: "wrong_lane", tenant: "default" },
  ]);
  assert.equal((await store.reader.selectFrom("tickets").selectAll().execute()).length, 1);
});

test("a receipt is never larger than a message may be, however scattered what it names", async () => {
  const { receipts, take } = await rig();
  const seqOf = (n: number): number => Number.MAX_SAFE_INTEGER - 2 * n;
  const bad = (n: number) => ({ seq: seqOf(n), kind: "prediction" });
  await take(
    ...Array.from({ length: 20 }, (_, m) =>
      message(
        "telemetry",
        Array.from({ length: 500 }, (_, i) => bad(500 * m + i)),
      ),
    ),
  );
  assert.ok(receipts.every((receipt) => JSON.stringify(receipt).length <= maxMessageBytes / 2));
  assert.equal(new Set(receipts.flatMap(({ rejected }) => rejected.map(({ seq }) => seq))).size, 10_000);
});

test("poison among good messages: each once in the dead-letter store, every good one stored", async () => {
  const { store, receipts, take } = await rig();
  const topic = upTopic(address, "telemetry");
  const poison = [
    "{",
    "[[[[",
    "\u0000\u0001",
    `{"__proto__":{"polluted":1}}`,
    "NaN",
    "[".repeat(50_000),
    `"${"x".repeat(300_000)}"`,
    "{}",
    "null",
    JSON.stringify({ schema: "millwright/up/9" }),
  ];
  await take(
    ...Array.from({ length: 200 }, (_, i) =>
      i % 2 === 0
        ? message("telemetry", [telemetry({ seq: i / 2 + 1 })])
        : ([topic, Buffer.from(poison[((i - 1) / 2) % poison.length] as string)] as const),
    ),
  );
  assert.equal((await store.reader.selectFrom("telemetry").select("seq").execute()).length, 100);
  assert.equal((await store.reader.selectFrom("dead_letters").select("no").execute()).length, poison.length);
  assert.deepEqual(
    receipts.flatMap(({ ranges }) => ranges).reduce((sum, [a, b]) => sum + b - a + 1, 0),
    100,
  );
  assert.equal(({} as { polluted?: number }).polluted, undefined);
});

test("a full queue drops the newest, which gets no receipt", async () => {
  const { receipts, events, take } = await rig();
  await take(...Array.from({ length: maxQueuedMessages + 3 }, (_, i) => message("telemetry", [telemetry({ seq: i + 1 })])));
  assert.equal(events.filter((name) => name === "intake_full").length, 3);
  assert.equal(Math.max(...receipts.flatMap(({ ranges }) => ranges.map(([, to]) => to))), maxQueuedMessages);
});

test("a state that is refused is kept with what is wrong in it", async () => {
  const { store, take } = await rig();
  const topic = stateTopic(address);
  const told = [JSON.stringify({ ...birth(), epoch: "?" }), JSON.stringify(birth({ agent: "box-2" })), "{", '{"constructor":1}'];
  await take(...told.map((text) => [topic, Buffer.from(text)] as const));
  const letters = await store.reader.selectFrom("dead_letters").select("reason").orderBy("no").execute();
  assert.deepEqual(
    letters.map(({ reason }) => reason.replace("is no state message of this agent: ", "")),
    ["epoch: must be 16 hexadecimal digits", "it says default/box-2", "not JSON", 'has the key "constructor"'],
  );
});

test("a full queue and a store that refuses keep no gateway from ending", { timeout: 30_000 }, async () => {
  const { store, events, take } = await rig();
  await store.close();
  await take(...Array.from({ length: maxQueuedMessages }, (_, i) => message("telemetry", [telemetry({ seq: i + 1 })])));
  assert.ok(events.filter((name) => name === "store_refused").length >= maxQueuedMessages);
});

test("a store that refuses gives no receipt and is told; a foreign topic is nothing", async () => {
  const { store, receipts, events, take } = await rig();
  await take(["millwright/v2/x", Buffer.from("{}")]);
  await store.close();
  await take(message("telemetry", [telemetry({ seq: 1 })]));
  assert.deepEqual([receipts.length, events.includes("store_refused")], [0, true]);
});
