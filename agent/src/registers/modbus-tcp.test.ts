import assert from "node:assert/strict";
import type { Socket } from "node:net";
import { performance } from "node:perf_hooks";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { newLinkCounters } from "./link.ts";
import { modbusTcp } from "./modbus-tcp.ts";
import { type Asked, answerWell, type Behaviour, exceptionTo, HostileServer, replyTo } from "./test-support/hostile-server.ts";
import { seeded } from "./test-support/seeded.ts";
import { request, withLink } from "./test-support/with-tcp-link.ts";

const timeoutMs = 60;
const slackMs = 100;

const cases: { name: string; answer: Behaviour; code: string; ends: boolean }[] = [
  { name: "a silent server", answer: () => {}, code: "bus_timeout", ends: false },
  {
    name: "a strange transaction id",
    answer: (a, s) => s.write(replyTo(a, { transaction: (a.transaction + 1) & 0xffff })),
    code: "bus_malformed_reply",
    ends: true,
  },
  { name: "a protocol id other than 0", answer: (a, s) => s.write(replyTo(a, { protocol: 1 })), code: "bus_malformed_reply", ends: true },
  { name: "a length field of 65535", answer: (a, s) => s.write(replyTo(a, { length: 65_535 })), code: "bus_malformed_reply", ends: true },
  { name: "a length field one too long", answer: (a, s) => s.write(replyTo(a, { length: 12 })), code: "bus_timeout", ends: true },
  { name: "a length field one too short", answer: (a, s) => s.write(replyTo(a, { length: 10 })), code: "bus_malformed_reply", ends: true },
  { name: "a length field of 0", answer: (a, s) => s.write(replyTo(a, { length: 0 })), code: "bus_malformed_reply", ends: true },
  { name: "half a frame", answer: (a, s) => s.write(replyTo(a).subarray(0, 11)), code: "bus_timeout", ends: true },
  { name: "three bytes", answer: (a, s) => s.write(replyTo(a).subarray(0, 3)), code: "bus_timeout", ends: true },
  { name: "byte count 0", answer: (a, s) => s.write(replyTo({ ...a, count: 0 })), code: "bus_malformed_reply", ends: true },
  {
    name: "byte count 0 with a lying length",
    answer: (a, s) => s.write(replyTo(a, { byteCount: 0 })),
    code: "bus_malformed_reply",
    ends: true,
  },
  { name: "byte count 200", answer: (a, s) => s.write(replyTo(a, { byteCount: 200 })), code: "bus_malformed_reply", ends: true },
  {
    name: "more registers than asked for",
    answer: (a, s) => s.write(replyTo({ ...a, count: 5 })),
    code: "bus_malformed_reply",
    ends: true,
  },
  { name: "another unit", answer: (a, s) => s.write(replyTo(a, { unit: 4 })), code: "bus_malformed_reply", ends: true },
  { name: "another function", answer: (a, s) => s.write(replyTo(a, { code: 4 })), code: "bus_malformed_reply", ends: true },
  {
    name: "an exception of another function",
    answer: (a, s) => s.write(exceptionTo({ ...a, code: 4 }, 2)),
    code: "bus_malformed_reply",
    ends: true,
  },
  { name: "an exception", answer: (a, s) => s.write(exceptionTo(a, 2)), code: "bus_exception", ends: false },
  { name: "a connection dropped with the request in flight", answer: (_, s) => s.destroy(), code: "bus_connection_lost", ends: true },
  { name: "a connection ended with the request in flight", answer: (_, s) => s.end(), code: "bus_connection_lost", ends: true },
  { name: "noise", answer: (_, s) => s.write(Buffer.from("HTTP/1.1 400 Bad Request\r\n\r\n")), code: "bus_malformed_reply", ends: true },
  {
    name: "a byte too many within the reply",
    answer: (a, s) => s.write(Buffer.concat([replyTo(a).subarray(0, 11), Buffer.from([7]), replyTo(a).subarray(11)])),
    code: "bus_malformed_reply",
    ends: true,
  },
  {
    name: "a reply and rubbish in one",
    answer: (a, s) => s.write(Buffer.concat([replyTo(a), Buffer.from("rubbish")])),
    code: "bus_malformed_reply",
    ends: true,
  },
  {
    name: "the same reply twice in one",
    answer: (a, s) => s.write(Buffer.concat([replyTo(a), replyTo(a)])),
    code: "bus_malformed_reply",
    ends: true,
  },
  {
    name: "the reply twice, the first of another unit",
    answer: (a, s) => s.write(Buffer.concat([replyTo(a, { unit: 9 }), replyTo(a)])),
    code: "bus_malformed_reply",
    ends: true,
  },
];

for (const { name, answer, code, ends } of cases) {
  test(`${name} → ${code}, in time`, async () => {
    await withLink(answer, async (link, server) => {
      const startedMs = performance.now();
      const outcome = await link.read(request, timeoutMs);
      assert.ok(performance.now() - startedMs < timeoutMs + slackMs);
      assert.equal(outcome.ok ? "a value" : outcome.code, code);
      server.behaviour = answerWell;
      const next = await link.read(request, timeoutMs);
      assert.equal(next.ok, !ends, "the link lives exactly while the stream is in step");
      if (next.ok) assert.deepEqual([...next.reply], [100, 101, 102, 103]);
      else assert.equal((await link.ended).kind === "closed", false);
    });
  });
}

test("a late reply is recognised by its transaction, rejected and counted; it is never the answer to another request", async () => {
  const held: Asked[] = [];
  await withLink(
    (asked) => void held.push(asked),
    async (link, server, counters) => {
      assert.equal((await link.read({ ...request, address: 7 }, timeoutMs)).ok, false);
      server.behaviour = (asked, socket) => socket.write(Buffer.concat([replyTo(held[0] as Asked), replyTo(asked)]));
      const outcome = await link.read(request, timeoutMs);
      assert.deepEqual(outcome.ok && [...outcome.reply], [100, 101, 102, 103]);
      assert.equal(counters.lateRejected, 1);
    },
  );
});

test("a late reply while nothing is asked is rejected, too", async () => {
  await withLink(
    (asked, socket) => void setTimeout(() => socket.write(replyTo(asked)), 90),
    async (link, server, counters) => {
      assert.equal((await link.read(request, timeoutMs)).ok, false);
      await sleep(80);
      assert.equal(counters.lateRejected, 1);
      server.behaviour = answerWell;
      assert.equal((await link.read(request, timeoutMs)).ok, true);
    },
  );
});

test("three time-outs in a row end the link", async () => {
  await withLink(
    () => {},
    async (link) => {
      for (let i = 0; i < 3; i++) assert.equal((await link.read(request, 20)).ok, false);
      assert.equal((await link.ended).kind, "timeouts");
    },
  );
});

test("a reply in pieces of one byte is one reply", async () => {
  const crumbs = async (asked: Asked, socket: Socket): Promise<void> => {
    for (const byte of replyTo(asked)) {
      socket.write(Buffer.from([byte]));
      await sleep(1);
    }
  };
  await withLink(
    (asked, socket) => void crumbs(asked, socket.setNoDelay(true)),
    async (link) => assert.equal((await link.read(request, 500)).ok, true),
  );
});

test("two thousand replies, a third of them late, mangled or missing: never a wrong value, never one out of time", async () => {
  const { random } = seeded("hostile replies");
  const mangle: Behaviour = (asked, socket) => {
    const dice = random();
    if (dice < 0.01) return;
    if (dice < 0.02) return void setTimeout(() => socket.write(replyTo(asked)), 15 * random());
    const frame = replyTo(asked);
    if (dice < 0.3) {
      const at = Math.floor(random() * 9);
      frame[at] = (frame[at] as number) ^ (1 << Math.floor(random() * 8));
    } else if (dice < 0.32) return void socket.write(frame.subarray(0, Math.floor(random() * frame.length)));
    socket.write(frame);
  };
  const server = await HostileServer.start(mangle);
  const counters = newLinkCounters();
  const open = modbusTcp({ host: "127.0.0.1", port: server.port });
  const options = { counters, closeAfterTimeouts: 3, signal: new AbortController().signal };
  let link = await open(options);
  let [right, slowestMs] = [0, 0];
  for (let i = 0; i < 2_000; i++) {
    const asked = {
      unit: 1 + (i % 8),
      table: i % 2 === 0 ? "holding" : "input",
      address: Math.floor(random() * 60_000),
      count: 1 + Math.floor(random() * 8),
    } as const;
    const startedMs = performance.now();
    const outcome = await link.read(asked, 10);
    slowestMs = Math.max(slowestMs, performance.now() - startedMs);
    if (outcome.ok) {
      right++;
      assert.deepEqual(
        [...outcome.reply],
        Array.from({ length: asked.count }, (_, k) => asked.address + k),
      );
    } else if (outcome.code !== "bus_exception" && outcome.code !== "bus_timeout") {
      link.close();
      link = await open(options);
    } else if ((await Promise.race([link.ended, Promise.resolve(null)])) !== null) link = await open(options);
  }
  link.close();
  await server.stop();
  assert.ok(right > 1_200, `${right} right`);
  assert.ok(slowestMs < 10 + slackMs, `slowest ${slowestMs} ms`);
});

test("an endpoint that is not there is a fault, and no socket stays", async () => {
  const server = await HostileServer.start();
  const { port } = server;
  await server.stop();
  await assert.rejects(
    modbusTcp({ host: "127.0.0.1", port })({ counters: newLinkCounters(), closeAfterTimeouts: 3, signal: new AbortController().signal }),
    { code: "bus_unreachable" },
  );
});
