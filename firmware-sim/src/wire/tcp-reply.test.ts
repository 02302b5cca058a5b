// Each fault of a Modbus TCP wire, seen by modbus-serial (another author's client) or on a bare socket.
import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { performance } from "node:perf_hooks";
import { after, test } from "node:test";
import modbus from "modbus-serial";
import { addressWord, createAddressDevice } from "../machines/address-device.ts";
import type { WireFaultSettings } from "./fault-settings.ts";
import { frameBytes } from "./mbap.ts";
import { type ModbusTcpServer, startModbusTcpServer } from "./modbus-tcp-server.ts";
import { behindFaults } from "./wire-device.ts";
import { createWireFaults } from "./wire-faults.ts";

const servers: ModbusTcpServer[] = [];
after(() => Promise.all(servers.map((server) => server.close())));

async function serve(settings: WireFaultSettings): Promise<number> {
  const server = await startModbusTcpServer({
    port: 0,
    devices: [behindFaults(createAddressDevice(1), createWireFaults("tcp", settings))],
  });
  servers.push(server);
  return server.port;
}

const request = frameBytes({ transaction: 7, unit: 1, pdu: Buffer.from([3, 0, 100, 0, 2]) });
const good = frameBytes({
  transaction: 7,
  unit: 1,
  pdu: Buffer.from([3, 4, addressWord(1, 100) >> 8, 100, addressWord(1, 101) >> 8, 101]),
});

/** What comes back for one request within 150 ms, or until the socket closes. */
async function gotWith(settings: WireFaultSettings): Promise<Buffer | "closed"> {
  const socket = connect(await serve(settings), "127.0.0.1");
  const chunks: Buffer[] = [];
  socket.on("data", (chunk: Buffer) => chunks.push(chunk));
  socket.write(request);
  const end = await Promise.race([once(socket, "close").then(() => "closed" as const), new Promise((r) => setTimeout(r, 150))]);
  socket.destroy();
  return end === "closed" ? "closed" : Buffer.concat(chunks);
}

test("no fault: the reply another client understands", async () => {
  const client = new modbus.default();
  await client.connectTCP("127.0.0.1", { port: await serve({}) });
  client.setID(1);
  assert.deepEqual((await client.readHoldingRegisters(100, 2)).data, [addressWord(1, 100), addressWord(1, 101)]);
  client.close(() => {});
  assert.deepEqual(await gotWith({}), good);
});

test("each fault does what its name says", async () => {
  assert.deepEqual(await gotWith({ drop: 1 }), Buffer.alloc(0));
  assert.deepEqual(await gotWith({ echo: 1 }), Buffer.concat([request, good]));
  assert.equal(await gotWith({ disconnect: { rate: 1 } }), "closed");
  const changed = async (settings: WireFaultSettings): Promise<number[]> => {
    const got = await gotWith(settings);
    assert.ok(got !== "closed" && got.length === good.length);
    return [...got.keys()].filter((i) => got[i] !== good[i]);
  };
  assert.deepEqual(await changed({ wrong_unit: 1 }), [6]);
  assert.ok((await changed({ wrong_transaction: 1 })).every((i) => i < 2));
  assert.ok((await changed({ wrong_protocol: 1 })).every((i) => i === 2 || i === 3));
  assert.ok((await changed({ lying_length: 1 })).every((i) => i === 4 || i === 5));
  const half = await gotWith({ half: 1 });
  assert.ok(half !== "closed" && half.length < good.length && good.subarray(0, half.length).equals(half));
  const noisy = await gotWith({ noise: 1 });
  assert.ok(noisy !== "closed" && !noisy.equals(good));
  const counted = await gotWith({ wrong_count: 1 });
  assert.ok(counted !== "closed" && !counted.equals(good));
});

test("exceptions, as modbus-serial sees them", async () => {
  for (const [settings, code] of [
    [{ busy: 1 }, 6],
    [{ exception: { rate: 1, code: 4 } }, 4],
  ] as const) {
    const client = new modbus.default();
    await client.connectTCP("127.0.0.1", { port: await serve(settings) });
    client.setID(1);
    await assert.rejects(client.readHoldingRegisters(100, 2), { modbusCode: code });
    client.close(() => {});
  }
});

test("a late reply comes late, those behind it in order", async () => {
  const socket = connect(await serve({ late: { rate: 0.5, ms: [20, 60] } }), "127.0.0.1");
  const startMs = performance.now();
  let received = Buffer.alloc(0);
  socket.write(
    Buffer.concat(Array.from({ length: 20 }, (_, i) => frameBytes({ transaction: i, unit: 1, pdu: Buffer.from([3, 0, i, 0, 2]) }))),
  );
  while (received.length < 20 * good.length) received = Buffer.concat([received, ((await once(socket, "data")) as [Buffer])[0]]);
  assert.ok(performance.now() - startMs >= 20);
  assert.deepEqual(
    Array.from({ length: 20 }, (_, i) => received.readUInt16BE(i * good.length)),
    Array.from({ length: 20 }, (_, i) => i),
  );
  socket.destroy();
});
