import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { type MqttSession, openMqttSession } from "./mqtt-session.ts";

type Packet = "connect" | "subscribe" | "publish" | "other";

test("a message that the broker breaks the connection over is not sent again behind its sender's back", async (t) => {
  const broker = await startBroker((packet) => packet !== "publish");
  const { session, connects } = open(broker);
  t.after(() => end(session, broker));
  await until(() => connects() === 1);
  await assert.rejects(session.publish("a", "poison"), /the connection to the broker ended/);
  await until(() => connects() === 2);
  await sleep(200);
  assert.equal(session.isConnected, true);
  assert.equal(broker.seen.filter((packet) => packet === "publish").length, 1);
});

test("a broker that hangs up on the subscription is asked again with growing pauses", async (t) => {
  const broker = await startBroker((packet) => packet !== "subscribe");
  const { session } = open(broker);
  t.after(() => end(session, broker));
  await sleep(2_000);
  assert.ok(broker.seen.filter((packet) => packet === "connect").length <= 8, `${broker.seen.length} packets in 2 s`);
});

type Broker = { server: Server; port: number; seen: Packet[]; sockets: Set<Socket> };

// Speaks as much MQTT as a session needs (packets come whole here), and hangs up on what it does not accept.
async function startBroker(accepts: (packet: Packet) => boolean): Promise<Broker> {
  const seen: Packet[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.on("data", (bytes: Buffer) => {
      const kind = { 1: "connect", 8: "subscribe", 3: "publish" }[bytes.readUInt8(0) >> 4] as Packet | undefined;
      seen.push(kind ?? "other");
      if (!accepts(kind ?? "other")) socket.destroy();
      else if (kind === "connect") socket.write(Buffer.from([0x20, 2, 0, 0]));
      else if (kind === "subscribe") socket.write(Buffer.from([0x90, 3, bytes.readUInt8(2), bytes.readUInt8(3), 1]));
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { server, port: (server.address() as AddressInfo).port, seen, sockets };
}

function open({ port }: Broker): { session: MqttSession; connects: () => number } {
  let connects = 0;
  const session = openMqttSession({
    url: `mqtt://127.0.0.1:${port}`,
    clientId: "test",
    filters: ["down/#"],
    onConnect: () => {
      connects++;
    },
    onDisconnect: () => {},
    onMessage: () => {},
    onError: () => {},
  });
  return { session, connects: () => connects };
}

async function end(session: MqttSession, { server, sockets }: Broker): Promise<void> {
  const closed = session.close();
  for (const socket of sockets) socket.destroy();
  server.close();
  await closed;
}

async function until(isTrue: () => boolean): Promise<void> {
  for (const end = Date.now() + 4_000; !isTrue(); await sleep(10)) assert.ok(Date.now() < end, "it took too long");
}
