import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { connect } from "node:net";
import { after, before, test } from "node:test";
import { Fault } from "@millwright/kit/fault";
import { type MqttSession, openMqttSession } from "@millwright/kit/mqtt-session";
import mqtt from "mqtt";
import { until } from "../test-support/until.ts";
import { type EmbeddedBroker, gatewayClientId, maxPacketBytes, startEmbeddedBroker } from "./embedded-broker.ts";

let broker: EmbeddedBroker;
const refused: string[] = [];
before(async () => {
  broker = await startEmbeddedBroker({ host: "127.0.0.1", port: 0, onRefused: (detail) => refused.push(detail) });
});
after(() => broker.close());

async function client(filters: string[], login: { username?: string; password?: string } = {}): Promise<MqttSession & { got: string[] }> {
  const got: string[] = [];
  const session = openMqttSession({
    url: `mqtt://127.0.0.1:${broker.port}`,
    clientId: randomUUID(),
    filters,
    ...login,
    onConnect: () => {},
    onDisconnect: () => {},
    onError: () => {},
    onMessage: (topic, payload) => got.push(`${topic} ${payload.length}`),
  });
  await until(() => session.isConnected, "the connection");
  return Object.defineProperty(session, "got", { value: got }) as MqttSession & { got: string[] };
}

test("agents publish up and state; only the gateway publishes down; anything else is refused", async () => {
  const gateway = await client(["millwright/v1/#"], broker.login);
  const agent = await client([]);
  await agent.publish("millwright/v1/t/a/up/event", "x");
  await agent.publish("millwright/v1/t/a/state", "x", { retain: true });
  await gateway.publish("millwright/v1/t/a/down/receipt", "x");
  await until(() => gateway.got.length === 3, "three messages");
  for (const topic of ["millwright/v1/t/a/down/command", "other/topic"]) {
    const intruder = mqtt.connect(`mqtt://127.0.0.1:${broker.port}`, { reconnectPeriod: 0 });
    intruder.publish(topic, "x", { qos: 1 });
    await until(() => refused.some((detail) => detail.endsWith(topic)), `the refusal of ${topic}`);
    intruder.end(true);
  }
  assert.equal(gateway.got.length, 3);
  await agent.close();
  await gateway.close();
});

test("a packet over the limit ends its connection before it is buffered", async () => {
  const socket = connect(broker.port, "127.0.0.1");
  const closed = new Promise((resolve) => socket.once("close", resolve));
  socket.on("error", () => {});
  // PUBLISH that announces 200 MiB, the size aedes took in our measurements.
  socket.write(Buffer.from([0x30, 0x80, 0x80, 0x80, 0x64]));
  await closed;
  await until(() => refused.some((detail) => detail.includes(`more than ${maxPacketBytes} bytes`)), "the refusal");
});

test("a message of the largest size passes", async () => {
  const gateway = await client(["millwright/v1/#"], broker.login);
  const agent = await client([]);
  await agent.publish("millwright/v1/t/a/up/telemetry", "x".repeat(256 * 1024));
  await until(() => gateway.got.some((line) => line.endsWith(" 262144")), "the message");
  await agent.close();
  await gateway.close();
});

test("nobody but the gateway connects as one, so that nobody sends it away", async () => {
  const mqttUrl = `mqtt://127.0.0.1:${broker.port}`;
  const intruder = mqtt.connect(mqttUrl, { clientId: gatewayClientId("4b1c2a52"), reconnectPeriod: 0 });
  const error = await new Promise<Error>((resolve) => intruder.once("error", resolve));
  assert.match(error.message, /Bad username or password/);
  intruder.end(true);
  const gateway = await mqtt.connectAsync(mqttUrl, { ...broker.login, clientId: gatewayClientId("4b1c2a52") });
  await gateway.endAsync();
});

test("no session outlives its connection, and no batch stays for who comes later", async () => {
  const agent = await client([]);
  const options = { clientId: "watcher", clean: false, reconnectPeriod: 0 };
  const watch = async () => {
    const got: string[] = [];
    const watcher = await mqtt.connectAsync(`mqtt://127.0.0.1:${broker.port}`, options);
    watcher.on("message", (topic) => got.push(topic));
    await watcher.subscribeAsync("millwright/v1/w/#", { qos: 1 });
    return { got, watcher };
  };
  await (await watch()).watcher.endAsync();
  await agent.publish("millwright/v1/w/a/up/event", "x", { retain: true });
  await agent.publish("millwright/v1/w/a/state", "x", { retain: true });
  const { got, watcher } = await watch();
  await until(() => got.length > 0, "the retained state");
  await agent.publish("millwright/v1/w/a/up/telemetry", "x");
  await until(() => got.includes("millwright/v1/w/a/up/telemetry"), "what came later");
  assert.deepEqual(got, ["millwright/v1/w/a/state", "millwright/v1/w/a/up/telemetry"]);
  await watcher.endAsync();
  await agent.close();
});

test("a client that has stopped reading is sent away, and the others go on", { timeout: 45_000 }, async () => {
  const agent = await client([]);
  const gateway = await client(["millwright/v1/#"], broker.login);
  const stopped = connect(broker.port, "127.0.0.1");
  const ended = new Promise((resolve) => stopped.once("close", resolve));
  stopped.on("error", () => {});
  // CONNECT as "s" without keep-alive, SUBSCRIBE to # with QoS 0; then nothing is read any more.
  stopped.write(Buffer.from([0x10, 13, 0, 4, 0x4d, 0x51, 0x54, 0x54, 4, 2, 0, 0, 0, 1, 0x73]));
  stopped.write(Buffer.from([0x82, 6, 0, 1, 0, 1, 0x23, 0]));
  await new Promise((resolve) => stopped.once("readable", resolve));
  let isGone = false;
  void until(() => refused.includes("s: drain timeout"), "the refusal", 40_000).then(() => {
    isGone = true;
  });
  while (!isGone) await agent.publish("millwright/v1/t/a/up/telemetry", "x".repeat(250_000));
  await agent.publish("millwright/v1/t/a/up/event", "x");
  await until(() => gateway.got.includes("millwright/v1/t/a/up/event 1"), "what comes after it");
  assert.equal(refused.filter((detail) => detail === "s: drain timeout").length, 1);
  stopped.resume();
  await ended;
  await agent.close();
  await gateway.close();
});

test("a busy port is a fault with its number", async () => {
  await assert.rejects(
    startEmbeddedBroker({ host: "127.0.0.1", port: broker.port, onRefused: () => {} }),
    (error) => error instanceof Fault && error.code === "broker_port_busy" && error.detail.includes(String(broker.port)),
  );
});
