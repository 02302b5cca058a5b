import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { type TestContext, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import type { Command } from "@millwright/contract/down-message";
import type { BatchRequest, Outbox } from "../outbox/outbox.ts";
import type { WorkerRequests } from "../outbox/outbox-protocol.ts";
import { event, openTestOutbox, prediction, storeA, telemetry, testFolder } from "../outbox/test-support/outbox-fixture.ts";
import { type OnlineState, openUplink, type Uplink, type UplinkOptions } from "./open-uplink.ts";
import { hasMosquitto, startAedes, startMosquitto, type TestBroker } from "./test-support/test-broker.ts";
import { address, startTestGateway, type TestGateway, until } from "./test-support/test-gateway.ts";

const fast = { receiptTimeoutMs: 100, maxReceiptTimeoutMs: 300, silences: 2 };

type Line = { broker: TestBroker; gateway: TestGateway; outbox: Outbox; uplink: Uplink };

async function startLine(
  t: TestContext,
  options: Partial<UplinkOptions> & {
    before?: (outbox: Outbox, gateway: TestGateway) => Promise<void>;
    start?: () => Promise<TestBroker>;
  } = {},
): Promise<Line> {
  const broker = await (options.start ?? startAedes)();
  const gateway = await startTestGateway(broker.url);
  const outbox = await openTestOutbox(testFolder());
  await options.before?.(outbox, gateway);
  const uplink = openUplink({
    outbox,
    ...address,
    url: broker.url,
    onCommand: async () => {},
    onError: () => {},
    window: fast,
    ...options,
  });
  t.after(async () => {
    await uplink.close();
    await outbox.close();
    await gateway.close();
    await broker.kill();
  });
  await until("connected", () => uplink.isConnected);
  return { broker, gateway, outbox, uplink };
}

const rows = (n: number) => Array.from({ length: n }, (_, i) => telemetry(i));
const isDrained = async (outbox: Outbox): Promise<boolean> => Object.values((await outbox.counts()).waiting).every((n) => n === 0);

test("what is committed arrives in batches of its lane and is marked on the receipt", async (t) => {
  // With the agent's own patience: nothing is sent again on a busy machine either.
  const before = (outbox: Outbox): Promise<void> => outbox.commit({ records: rows(1_200) }).then(() => {});
  const { gateway, outbox, uplink } = await startLine(t, { window: {}, before });
  await outbox.commit({ records: [prediction(), event()] });
  await until("drained", () => isDrained(outbox));
  assert.deepEqual([gateway.stored.telemetry.size, gateway.stored.prediction.size, gateway.stored.event.size], [1_200, 1, 1]);
  assert.ok(
    gateway.messages.length < 20 && gateway.messages.every((message) => message.records.length <= 500 && message.epoch === outbox.epoch),
  );
  assert.equal(uplink.counts().resent, 0);
});

test("where nothing waits, what becomes durable is sent from memory; a backlog is read from the store", async (t) => {
  const asked: BatchRequest[] = [];
  const { broker, gateway, outbox, uplink } = await startLine(t, {
    window: {},
    // With a backlog, so that the lane stands somewhere before it is counted.
    before: (outbox) => outbox.commit({ records: rows(3) }).then(() => {}),
  });
  await until("drained", () => isDrained(outbox));
  const post = Worker.prototype.postMessage;
  t.mock.method(Worker.prototype, "postMessage", function (this: Worker, requests: WorkerRequests) {
    for (const { job } of requests) if (job.op === "nextBatch") asked.push(job.request);
    post.call(this, requests);
  });
  for (let sent = 53; sent <= 503; sent += 50) {
    await outbox.commit({ records: rows(50) });
    await until("stored", () => gateway.stored.telemetry.size === sent);
  }
  assert.deepEqual(asked, []);

  await broker.kill();
  await until("disconnected", () => !uplink.isConnected);
  for (let n = 0; n < 20; n++) await outbox.commit({ records: rows(100) });
  await broker.start();
  await until("drained", () => isDrained(outbox), 30_000);
  assert.equal(gateway.stored.telemetry.size, 2_503);
  assert.ok(asked.some(({ lane, afterSeq }) => lane === "telemetry" && afterSeq === 503));
});

test("silence is answered by sending again, and a PUBACK is no receipt", async (t) => {
  const { gateway, outbox, uplink } = await startLine(t);
  let ignored = 0;
  gateway.judge = () => (ignored++ < 3 ? "ignore" : "confirm");
  await outbox.commit({ records: [event("a")] });
  await until("drained", () => isDrained(outbox));
  assert.equal(uplink.counts().resent, 3);
});

test("an absent gateway condemns nothing; when it comes everything arrives", async (t) => {
  const { gateway, outbox, uplink } = await startLine(t);
  gateway.judge = () => "ignore";
  await outbox.commit({ records: [...rows(600), prediction(), event()] });
  await sleep(2_000);
  assert.ok(uplink.counts().resent >= 5);
  assert.equal((await outbox.counts()).quarantined, 0);
  gateway.judge = () => "confirm";
  await until("drained", () => isDrained(outbox));
  assert.equal(gateway.stored.telemetry.size, 600);
});

test("a poison record is found by halving and quarantined while the others flow", async (t) => {
  const { gateway, outbox } = await startLine(t, {
    async before(outbox, gateway) {
      gateway.judge = (message) => (JSON.stringify(message).includes("poison") ? "ignore" : "confirm");
      await outbox.commit({
        records: [
          ...Array.from({ length: 20 }, (_, i) => event(`before ${i}`)),
          event("poison"),
          ...Array.from({ length: 20 }, (_, i) => event(`after ${i}`)),
        ],
      });
    },
  });
  const feeding = setInterval(() => void outbox.commit({ records: [telemetry()] }), 20);
  t.after(() => clearInterval(feeding));
  await until("quarantined", async () => (await outbox.counts()).quarantined === 1);
  clearInterval(feeding);
  await until("drained", () => isDrained(outbox));
  const [culprit] = await outbox.quarantined();
  assert.deepEqual([culprit?.seq, culprit?.reason], [21, "no_receipt"]);
  assert.deepEqual(
    [...gateway.stored.event.keys()].sort((a, b) => a - b),
    [...Array.from({ length: 42 }, (_, i) => i + 1)].filter((seq) => seq !== 21),
  );
});

test("a new prediction overtakes a backlog of telemetry", async (t) => {
  const { gateway, outbox } = await startLine(t, {
    async before(outbox, gateway) {
      gateway.judge = (message) => (message.lane === "telemetry" ? sleep(80).then(() => "confirm" as const) : "confirm");
      for (let i = 0; i < 20; i++) await outbox.commit({ records: rows(1_000) });
    },
  });
  await until("draining", () => gateway.stored.telemetry.size > 0);
  const startMs = performance.now();
  await outbox.commit({ records: [prediction()] });
  await until("prediction", () => gateway.stored.prediction.size === 1);
  const tookMs = performance.now() - startMs;
  assert.ok(tookMs < 1_000, `${tookMs} ms`);
  assert.ok(gateway.stored.telemetry.size < 20_000);
  await until("drained", () => isDrained(outbox));
  assert.equal(gateway.stored.telemetry.size, 20_000);
});

for (const [name, start, skip] of [
  ["the embedded broker", startAedes, false],
  ["mosquitto", startMosquitto, hasMosquitto ? false : "no mosquitto here"],
] as const) {
  test(`${name} killed and started again: nothing lost, the state stands again`, { skip }, async (t) => {
    const { broker, gateway, outbox, uplink } = await startLine(t, { start });
    uplink.publishState(stateOf(outbox));
    for (let round = 0; round < 3; round++) {
      await outbox.commit({ records: rows(700) });
      await broker.kill();
      await outbox.commit({ records: [prediction(), ...rows(300)] });
      gateway.states.length = 0;
      await broker.start();
      await until("state", () => gateway.states.some((state) => state.status === "online"), 30_000);
    }
    await until("drained", () => isDrained(outbox), 30_000);
    assert.deepEqual([gateway.stored.telemetry.size, gateway.stored.prediction.size], [3_000, 3]);
  });
}

test("the retained state says online with what was published last, and offline after the end", async (t) => {
  const { broker, gateway, outbox, uplink } = await startLine(t);
  uplink.publishState(stateOf(outbox));
  await until("online", () => gateway.states.some((state) => state.status === "online"));
  const late = await startTestGateway(broker.url);
  t.after(() => late.close());
  await until("retained", () => late.states.length === 1);
  await uplink.close();
  await until("offline", () => late.states.at(-1)?.status === "offline");
});

test("ends soon while the broker is gone, and while the gateway is silent", async (t) => {
  const { broker, gateway, outbox, uplink } = await startLine(t);
  gateway.judge = () => "ignore";
  await outbox.commit({ records: rows(600) });
  const other = openUplink({
    outbox,
    tenant: "acme",
    agent: "box-2",
    url: broker.url,
    onCommand: async () => {},
    onError: () => {},
    window: fast,
  });
  await until("connected", () => other.isConnected);
  const endMs = performance.now() + 6_000;
  await other.close();
  await broker.kill();
  await outbox.commit({ records: rows(600) });
  await uplink.close();
  assert.ok(performance.now() < endMs);
});

test("a command is handed over until it is done, and once", async (t) => {
  const seen: string[] = [];
  let failures = 1;
  const { gateway, outbox, uplink } = await startLine(t, {
    onCommand: async (command) => {
      seen.push(command.id);
      if (failures-- > 0) throw new Error("not now");
      await outbox.commit({ records: [event("done", { event: "command_done", command_id: command.id })] });
    },
  });
  const command: Command = {
    schema: "millwright/command/1",
    id: randomUUID(),
    command: "relearn",
    machine: { site: "chicago", name: "P-101" },
    actor: "ann",
    wall_ms: 1,
  };
  for (let i = 0; i < 5; i++) {
    gateway.send("command", command);
    await sleep(50);
  }
  gateway.send("command", { ...command, id: "no uuid" });
  await until("bad command", () => uplink.counts().badCommands === 1);
  assert.deepEqual(seen, [command.id, command.id]);
  assert.ok(await outbox.isCommandDone(command.id));
});

test("malformed receipts and those of another epoch change nothing", async (t) => {
  const { gateway, outbox, uplink } = await startLine(t);
  gateway.judge = () => "ignore";
  await outbox.commit({ records: [event()] });
  const receipt = {
    schema: "millwright/receipt/1",
    store: storeA,
    commit: 1,
    epoch: "0123456789abcdef",
    lane: "event",
    ranges: [[1, 1]],
    rejected: [],
  };
  for (const payload of ["{", "[]", { ...receipt, ranges: [[1]] }, { ...receipt, extra: 1 }, receipt]) gateway.send("receipt", payload);
  await until("counted", () => uplink.counts().badReceipts === 4 && uplink.counts().foreignReceipts === 1);
  assert.equal((await outbox.counts()).waiting.event, 1);
});

test("a gateway that comes back with another store gets again what is kept", async (t) => {
  const { gateway, outbox } = await startLine(t, { before: (outbox) => outbox.commit({ records: rows(1_000) }).then(() => {}) });
  await until("drained", () => isDrained(outbox));
  gateway.stored.telemetry.clear();
  gateway.store = randomUUID();
  await outbox.commit({ records: [telemetry()] });
  await until("again", () => gateway.stored.telemetry.size === 1_001);
  await until("drained", () => isDrained(outbox));
});

const stateOf = (outbox: Outbox): OnlineState => ({
  schema: "millwright/state/1",
  ...address,
  status: "online",
  epoch: outbox.epoch,
  version: "0.1.0",
  config_revision: "r1",
  wall_ms: 1,
  machines: [],
  outbox: { waiting: 0, dropped: 0 },
});
