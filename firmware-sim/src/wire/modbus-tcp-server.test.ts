// The referee is modbus-serial, which shares no code with the server; where it cannot send what a test needs, a bare socket does.
import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { after, test } from "node:test";
import modbus from "modbus-serial";
import { frameBytes, takeFrame } from "./mbap.ts";
import { type ModbusTcpServer, startModbusTcpServer } from "./modbus-tcp-server.ts";
import { behindFaults, type WireDevice } from "./wire-device.ts";
import { createWireFaults } from "./wire-faults.ts";

/** Registers 100 to 109 hold unit × 1000 + address; holding and input differ by 500. */
const deviceOf = (unit: number): WireDevice => ({
  unit,
  present: () => ({
    read: (table, address, count) =>
      address < 100 || address + count > 110
        ? null
        : Uint16Array.from({ length: count }, (_, i) => unit * 1000 + address + i + (table === "input" ? 500 : 0)),
  }),
});
const silent: WireDevice = { unit: 9, present: () => "silent" };

const servers: ModbusTcpServer[] = [];
async function serve(options: Partial<Parameters<typeof startModbusTcpServer>[0]> = {}): Promise<number> {
  const server = await startModbusTcpServer({ devices: [deviceOf(1), deviceOf(2), silent], port: 0, ...options });
  servers.push(server);
  return server.port;
}
after(() => Promise.all(servers.map((server) => server.close())));

async function client(port: number, unit: number): Promise<InstanceType<typeof modbus.default>> {
  const it = new modbus.default();
  await it.connectTCP("127.0.0.1", { port });
  it.setID(unit);
  it.setTimeout(150);
  return it;
}

const request = (transaction: number, address: number, unit = 1): Buffer =>
  frameBytes({ transaction, unit, pdu: Buffer.from([3, address >> 8, address & 0xff, 0, 1]) });

/** Reads `count` frames off a socket. */
async function replies(socket: Socket, count: number): Promise<{ transaction: number; pdu: Buffer }[]> {
  const taken: { transaction: number; pdu: Buffer }[] = [];
  let received = Buffer.alloc(0);
  while (taken.length < count) {
    const [chunk] = (await once(socket, "data")) as [Buffer];
    received = Buffer.concat([received, chunk]);
    for (let step = takeFrame(received); step.kind === "frame"; step = takeFrame(received)) {
      taken.push(step.frame);
      received = Buffer.from(step.rest);
    }
  }
  return taken;
}

test("holding and input registers of several units on one port", async () => {
  const port = await serve();
  for (const unit of [1, 2]) {
    const it = await client(port, unit);
    assert.deepEqual((await it.readHoldingRegisters(100, 3)).data, [unit * 1000 + 100, unit * 1000 + 101, unit * 1000 + 102]);
    assert.deepEqual((await it.readInputRegisters(109, 1)).data, [unit * 1000 + 609]);
    it.close(() => {});
  }
});

test("exceptions: 1 for other functions, 2 for what is not mapped, 3 for impossible counts, 11 for no such unit", async () => {
  const it = await client(await serve(), 1);
  const codeOf = (answer: Promise<unknown>): Promise<unknown> =>
    answer.then(
      () => 0,
      (error: { modbusCode?: number }) => error.modbusCode,
    );
  assert.equal(await codeOf(it.readCoils(100, 1)), 1);
  assert.equal(await codeOf(it.writeRegister(100, 1)), 1);
  assert.equal(await codeOf(it.readHoldingRegisters(99, 1)), 2);
  assert.equal(await codeOf(it.readHoldingRegisters(109, 2)), 2);
  assert.equal(await codeOf(it.readHoldingRegisters(65_535, 2)), 2);
  assert.equal(await codeOf(it.readHoldingRegisters(100, 126)), 3);
  assert.equal(await codeOf(it.readHoldingRegisters(100, 0)), 3);
  it.setID(77);
  assert.equal(await codeOf(it.readHoldingRegisters(100, 1)), 11);
  it.close(() => {});
});

test("pipelined requests are answered in order, each with its transaction id; a silent unit only by silence", async () => {
  const socket = connect(await serve(), "127.0.0.1");
  const asked = Array.from({ length: 50 }, (_, i) => i);
  socket.write(Buffer.concat(asked.flatMap((i) => [request(i, 100 + (i % 10)), request(1000 + i, 100, 9)])));
  const got = await replies(socket, asked.length);
  assert.deepEqual(
    got.map(({ transaction }) => transaction),
    asked,
  );
  assert.deepEqual(
    got.map(({ pdu }) => pdu.readUInt16BE(2)),
    asked.map((i) => 1100 + (i % 10)),
  );
  socket.destroy();
});

test("a malformed frame closes the socket, after the good ones before it were answered", async () => {
  const port = await serve();
  for (const bad of [Buffer.from([0, 1, 0, 0, 0xff, 0xff, 1, 3]), Buffer.from("GET / HTTP/1.1\r\n\r\n")]) {
    const socket = connect(port, "127.0.0.1");
    socket.write(request(5, 100));
    assert.equal((await replies(socket, 1))[0]?.transaction, 5);
    socket.write(bad);
    await once(socket, "close");
  }
});

test("more connections than allowed are turned away", async () => {
  const port = await serve({ maxConnections: 2 });
  const [first, second] = [await client(port, 1), await client(port, 2)];
  const third = connect(port, "127.0.0.1");
  await once(third, "close");
  assert.deepEqual((await first.readHoldingRegisters(100, 1)).data, [1100]);
  first.close(() => {});
  second.close(() => {});
});

test("dropped requests are as many as asked for, the same ones with the same seed", async () => {
  const answeredWith = async (seed: string): Promise<number[]> => {
    const device = behindFaults(deviceOf(1), createWireFaults(seed, { drop: 0.2 }));
    const socket = connect(await serve({ devices: [device] }), "127.0.0.1");
    socket.write(Buffer.concat(Array.from({ length: 500 }, (_, i) => request(i, 100))));
    const fates = createWireFaults(seed, { drop: 0.2 });
    const expected = Array.from({ length: 500 }, () => fates.next(0)).filter(({ strikes }) => !strikes.has("drop")).length;
    const got = (await replies(socket, expected)).map(({ transaction }) => transaction);
    socket.destroy();
    return got;
  };
  const first = await answeredWith("a");
  assert.ok(first.length > 350 && first.length < 450);
  assert.deepEqual(await answeredWith("a"), first);
  assert.notDeepEqual(await answeredWith("b"), first);
});

test("a port in use is one clear line", async () => {
  const port = await serve();
  await assert.rejects(serve({ port }), {
    code: "port_in_use",
    detail: `port ${port} is in use; stop the other program or choose another port`,
  });
});
