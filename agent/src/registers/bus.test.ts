import assert from "node:assert/strict";
import { once } from "node:events";
import type { AddressInfo, Server } from "node:net";
import { performance } from "node:perf_hooks";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { ServerTCP } from "modbus-serial";
import type { BusEvent } from "./bus-event.ts";
import { answerWell, type Behaviour, exceptionTo, HostileServer, replyTo } from "./test-support/hostile-server.ts";
import { busAt, request, timeoutMs, until, withBus } from "./test-support/with-bus.ts";

const slackMs = 100;

test("reads what modbus-serial's server holds, in both tables, and hands on its exceptions", async () => {
  const vector = {
    getHoldingRegister: (address: number, unit: number) => (address + 1_000 * unit) & 0xffff,
    getInputRegister: (address: number) => {
      if (address > 50) throw Object.assign(new Error("no such register"), { modbusErrorCode: 2 });
      return 7 * address;
    },
  };
  const server = new ServerTCP(vector, { host: "127.0.0.1", port: 0, unitID: 255 });
  const net = (server as unknown as { _server: Server })._server;
  if (!net.listening) await once(net, "listening");
  const bus = busAt((net.address() as AddressInfo).port, { timeoutMs: 500 });
  const holding = await bus.read({ unit: 2, table: "holding", address: 40, count: 125 });
  assert.deepEqual(
    holding.ok && [...holding.reply],
    Array.from({ length: 125 }, (_, i) => 2_040 + i),
  );
  const input = await bus.read({ unit: 9, table: "input", address: 1, count: 3 });
  assert.deepEqual(input.ok && [...input.reply], [7, 14, 21]);
  const refused = await bus.read({ unit: 9, table: "input", address: 49, count: 3 });
  assert.equal(!refused.ok && refused.exception, 2);
  await bus.close();
  await new Promise<void>((resolve) => server.close(() => resolve()));
});

test("many readers at once: one request in flight, each gets its own answer", async () => {
  let inFlight = 0;
  const slow: Behaviour = (asked, socket) => {
    assert.equal(++inFlight, 1);
    setTimeout(() => {
      inFlight--;
      socket.write(replyTo(asked));
    }, 1);
  };
  await withBus(slow, { timeoutMs: 500 }, async (bus) => {
    const outcomes = await Promise.all(Array.from({ length: 200 }, (_, i) => bus.read({ ...request, unit: 1 + (i % 9), address: 3 * i })));
    for (const [i, outcome] of outcomes.entries()) assert.deepEqual(outcome.ok && [...outcome.reply], [3 * i, 3 * i + 1]);
  });
});

test("a full queue refuses the newest, and keeps what it promised", async () => {
  await withBus(answerWell, { queueLimit: 5 }, async (bus) => {
    const outcomes = await Promise.all(Array.from({ length: 10 }, () => bus.read(request)));
    // One is being served at once, five wait.
    assert.deepEqual(
      outcomes.map((outcome) => outcome.ok),
      [...Array(6).fill(true), ...Array(4).fill(false)],
    );
    assert.equal(bus.health().refused, 4);
  });
});

test("a lost reply is asked for again within the cycle", async () => {
  let asked = 0;
  await withBus(
    (a, s) => (asked++ === 0 ? undefined : answerWell(a, s)),
    { retries: 1 },
    async (bus) => {
      assert.equal((await bus.read(request)).ok, true);
      assert.equal(bus.health().timeouts, 1);
    },
  );
});

test("starts while the device is absent, settles every read in time, and reads when it comes", async () => {
  const gone = await HostileServer.start();
  const { port } = gone;
  await gone.stop();
  const events: BusEvent[] = [];
  const bus = busAt(port, { onEvent: (event) => events.push(event) });
  for (let i = 0; i < 5; i++) {
    const startedMs = performance.now();
    const outcome = await bus.read(request);
    assert.equal(!outcome.ok && outcome.code, "bus_unreachable");
    assert.ok(performance.now() - startedMs < timeoutMs + slackMs);
  }
  const server = await HostileServer.start(answerWell, port);
  await until(async () => (await bus.read(request)).ok, 8_000);
  assert.deepEqual(
    events.map(({ kind }) => kind),
    ["bus_unreachable", "bus_connected"],
  );
  await bus.close();
  await server.stop();
});

test("thirty dropped connections: it always comes back, with never more than one socket at the device", async () => {
  await withBus(answerWell, {}, async (bus, server) => {
    for (let i = 0; i < 30; i++) {
      await until(async () => (await bus.read(request)).ok);
      server.behaviour = (_, socket) => socket.destroy();
      const outcome = await bus.read(request);
      assert.equal(!outcome.ok && outcome.reason, "connection");
      server.behaviour = answerWell;
    }
    await until(async () => (await bus.read(request)).ok);
    assert.equal(server.mostSockets, 1);
    assert.equal(bus.health().connects, 31);
  });
});

test("a device that only ever sends rubbish is not hammered with connections", async () => {
  await withBus(
    (_, s) => s.write(Buffer.alloc(12, 0xff)),
    {},
    async (bus, server) => {
      const startedMs = performance.now();
      while (performance.now() - startedMs < 1_500) {
        assert.equal((await bus.read(request)).ok, false);
        await sleep(5);
      }
      assert.ok(bus.health().connects < 40, `${bus.health().connects} connections`);
      assert.equal(server.mostSockets, 1);
    },
  );
});

test("closing settles what waits and what is in flight", async () => {
  await withBus(
    () => {},
    { timeoutMs: 5_000 },
    async (bus) => {
      const waiting = Promise.all(Array.from({ length: 5 }, () => bus.read(request)));
      await until(() => bus.health().requests === 1);
      const startedMs = performance.now();
      await bus.close();
      const outcomes = await waiting;
      assert.ok(performance.now() - startedMs < slackMs);
      assert.deepEqual(
        outcomes.map((outcome) => !outcome.ok && outcome.code),
        ["bus_connection_lost", ...Array(4).fill("bus_closed")],
      );
      assert.equal((await bus.read(request)).ok, false);
    },
  );
});

test("closing settles what is about to be asked for again, before it is over", async () => {
  const { promise: closed, resolve } = Promise.withResolvers<void>();
  const onEvent = ({ kind }: BusEvent): void => {
    // The reply was lost with its connection, and the read has a try left.
    if (kind === "bus_disconnected") resolve(bus.close());
  };
  const server = await HostileServer.start((_asked, socket) => socket.destroy());
  const bus = busAt(server.port, { retries: 1, timeoutMs: 5_000, onEvent });
  const read = bus.read(request);
  await closed;
  const first = await Promise.race([read, sleep(1_000).then(() => "it is still pending")]);
  assert.equal(typeof first === "string" ? first : !first.ok && first.code, "bus_closed");
  await server.stop();
});

test("a device that takes connections and drops each one is told of once, not with every try", async () => {
  const told: BusEvent["kind"][] = [];
  await withBus(
    (_asked, socket) => void socket.destroy(),
    { onEvent: ({ kind }) => told.push(kind) },
    async (bus, server) => {
      await until(async () => {
        await bus.read(request);
        return bus.health().connects >= 4;
      }, 20_000);
      assert.equal(told.filter((kind) => kind === "bus_disconnected").length, 1);
      server.behaviour = answerWell;
      await until(async () => (await bus.read(request)).ok, 20_000);
      server.behaviour = (_asked, socket) => void socket.destroy();
      await bus.read(request);
      await until(() => told.filter((kind) => kind === "bus_disconnected").length === 2);
    },
  );
});

for (const { name, once: spoil } of [
  { name: "a reply that is none", once: ((a, s) => s.write(replyTo(a, { unit: 9 }))) as Behaviour },
  { name: "a dropped connection", once: ((_, s) => s.destroy()) as Behaviour },
  { name: "exception 5", once: ((a, s) => s.write(exceptionTo(a, 5))) as Behaviour },
  { name: "exception 6", once: ((a, s) => s.write(exceptionTo(a, 6))) as Behaviour },
]) {
  test(`${name} is asked for again within the cycle, and never more often than the tries allow`, async () => {
    let asked = 0;
    await withBus(
      (a, s) => (asked++ === 0 ? spoil(a, s) : answerWell(a, s)),
      { retries: 1, timeoutMs: 500 },
      async (bus, server) => {
        assert.equal((await bus.read(request)).ok, true);
        server.behaviour = (a, s) => {
          asked++;
          spoil(a, s);
        };
        asked = 0;
        assert.equal((await bus.read(request)).ok, false);
        assert.equal(asked, 2);
      },
    );
  });
}

test("health knows how long replies took", async () => {
  await withBus(answerWell, { timeoutMs: 500 }, async (bus) => {
    assert.deepEqual(bus.health().roundTripMs, { p50: null, p99: null });
    for (let i = 0; i < 20; i++) await bus.read(request);
    const { roundTripMs, roundTrips } = bus.health();
    assert.ok((roundTripMs.p50 as number) > 0 && (roundTripMs.p99 as number) >= (roundTripMs.p50 as number));
    assert.equal(
      roundTrips.reduce((sum, n) => sum + n),
      20,
    );
  });
});

test("a thousand dropped connections: never more than one socket at each device, nothing pending", async () => {
  let [open, left] = [0, 0];
  const devices = 20;
  await Promise.all(
    Array.from({ length: devices }, () =>
      withBus(answerWell, { timeoutMs: 500, maxInFlight: 4 }, async (bus, server) => {
        while (bus.health().connects <= 1_000 / devices) {
          server.behaviour = (_, socket) => socket.destroy();
          const reads = Array.from({ length: 4 }, () => bus.read(request, { pipeline: 4, pauseMs: 0 }));
          open += reads.length;
          for (const read of reads) void read.then(() => open--);
          await Promise.all(reads);
          server.behaviour = answerWell;
          await until(async () => (await bus.read(request)).ok, 20_000);
        }
        assert.equal(server.mostSockets, 1);
        left += server.sockets.size;
      }),
    ),
  );
  assert.equal(open, 0);
  assert.equal(left, devices);
});
