import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { Bus } from "./bus.ts";
import type { BusEvent } from "./bus-event.ts";
import { newLinkCounters } from "./link.ts";
import { modbusRtu } from "./modbus-rtu.ts";
import type { ReadOutcome, ReadRequest } from "./read-outcome.ts";
import { serialStream } from "./serial-stream.ts";
import { noSocat, PtyLine } from "./test-support/pty-line.ts";
import { answerRtuWell, RtuSlave } from "./test-support/rtu-slave.ts";

const request: ReadRequest = { unit: 3, table: "holding", address: 100, count: 4 };
const right = [100, 101, 102, 103];
const anySignal = (): AbortSignal => new AbortController().signal;
const shown = (outcome: ReadOutcome): number[] | string => (outcome.ok ? [...outcome.reply] : outcome.code);

const openPort = (path: string): Promise<unknown> =>
  modbusRtu({ path, baud: 19_200, dataBits: 8, parity: "even", stopBits: 1, sendEnable: "driver" })({
    counters: newLinkCounters(),
    closeAfterTimeouts: 3,
    signal: anySignal(),
  });

test("a port that cannot be opened says why and what to do", { skip: noSocat }, async () => {
  await assert.rejects(openPort("/dev/millwright-no-such-port"), { code: "bus_unreachable", message: /no such port/ });
  await assert.rejects(openPort("/dev/null"), { code: "bus_unreachable", message: /not a serial port/ });
  await assert.rejects(openPort(tmpdir()), { code: "bus_unreachable", message: /: not a serial port$/ });
  const slave = await RtuSlave.start();
  const pty = await PtyLine.plug(slave.port);
  const link = await modbusRtu(pty.line)({ counters: newLinkCounters(), closeAfterTimeouts: 3, signal: anySignal() });
  await assert.rejects(openPort(pty.line.path), { code: "bus_unreachable", message: /in use by another program/ });
  link.close();
  await link.ended;
  await pty.remove();
  await slave.stop();
});

test("the settings of a port reach the simulator; a port without an RTS line is used all the same", { skip: noSocat }, async () => {
  const folder = mkdtempSync(join(tmpdir(), "millwright-settings-"));
  writeFileSync(join(folder, "line.json"), "{}");
  process.env["MILLWRIGHT_SERIAL_SETTINGS"] = folder;
  const slave = await RtuSlave.start();
  const pty = await PtyLine.plug(slave.port);
  const open = modbusRtu({ ...pty.line, sendEnable: "rts", parity: "odd", baud: 115_200 });
  const link = await open({ counters: newLinkCounters(), closeAfterTimeouts: 3, signal: anySignal() });
  assert.deepEqual(JSON.parse(readFileSync(join(folder, "line.json"), "utf8")), {
    baud: 115_200,
    data_bits: 8,
    parity: "odd",
    stop_bits: 1,
  });
  assert.deepEqual(shown(await link.read(request, 1_000)), right);
  delete process.env["MILLWRIGHT_SERIAL_SETTINGS"];
  link.close();
  await link.ended;
  await pty.remove();
  await slave.stop();
  rmSync(folder, { recursive: true });
});

test("an adapter pulled between two steps of the agent ends the stream, also where nothing is written", { skip: noSocat }, async () => {
  const slave = await RtuSlave.start();
  for (const when of ["before anything was read", "while bytes are taken"]) {
    const pty = await PtyLine.plug(slave.port);
    while (slave.sockets.size === 0) await sleep(2);
    const stream = await serialStream(pty.line)(anySignal());
    if (when === "before anything was read") pty.pullAtOnce();
    else for (const socket of slave.sockets) socket.write("21.5");
    const detail = await new Promise((onEnd) => stream.listen({ onBytes: () => pty.pullAtOnce(), onEnd }));
    assert.match(String(detail), /was the adapter pulled/, when);
    await stream.close();
    await pty.remove();
    while (slave.sockets.size > 0) await sleep(2);
  }
  await slave.stop();
});

test("a port whose settings cannot be written down for the simulator says so, and is let go", { skip: noSocat }, async () => {
  const slave = await RtuSlave.start();
  const pty = await PtyLine.plug(slave.port);
  process.env["MILLWRIGHT_SERIAL_SETTINGS"] = join(tmpdir(), "millwright-no-such-folder");
  await assert.rejects(serialStream(pty.line)(anySignal()), { code: "bus_unreachable", message: /MILLWRIGHT_SERIAL_SETTINGS/ });
  delete process.env["MILLWRIGHT_SERIAL_SETTINGS"];
  await (await serialStream(pty.line)(anySignal())).close();
  await pty.remove();
  await slave.stop();
});

const openFiles = (): number => readdirSync("/proc/self/fd").length;
/** How often the adapter is pulled; the issue asks for 50. */
const pulls = Number(process.env["MILLWRIGHT_PULLS"] ?? 5);

test(`an adapter pulled and plugged in again ${pulls} times: every read settles, it reads again, nothing leaks`, {
  skip: noSocat,
}, async () => {
  const slave = await RtuSlave.start();
  const pty = await PtyLine.plug(slave.port);
  const events: BusEvent["kind"][] = [];
  const bus = new Bus({
    name: "line",
    open: modbusRtu(pty.line),
    timeoutMs: 200,
    retries: 0,
    maxReconnectMs: 1_000,
    onEvent: (e) => events.push(e.kind),
  });
  const readsAgain = async (): Promise<void> => {
    const startedMs = performance.now();
    while (!(await bus.read(request)).ok) {
      assert.ok(performance.now() - startedMs < 20_000, "does not read again");
      await sleep(10);
    }
  };
  await readsAgain();
  const filesBefore = openFiles();
  const againMs: number[] = [];
  for (let i = 0; i < pulls; i++) {
    slave.behaviour = i % 2 === 0 ? answerRtuWell : () => {};
    const inFlight = bus.read(request);
    await pty.pull();
    await inFlight;
    assert.equal((await bus.read(request)).ok, false);
    slave.behaviour = answerRtuWell;
    await sleep(40 * (i % 7));
    await pty.plug();
    const startedMs = performance.now();
    await readsAgain();
    againMs.push(performance.now() - startedMs);
  }
  assert.equal(openFiles(), filesBefore);
  assert.equal(events.filter((kind) => kind === "bus_connected").length, pulls + 1);
  process.stderr.write(`reading again after ${Math.round(Math.max(...againMs))} ms at most; files ${filesBefore} → ${openFiles()}\n`);
  await bus.close();
  await pty.remove();
  await slave.stop();
});
