// The line in its own time: no clock, the tests say when.
import assert from "node:assert/strict";
import { test } from "node:test";
import { addressWord, createAddressDevice } from "../machines/address-device.ts";
import { createRandom } from "../random/random.ts";
import type { WireFaultSettings } from "./fault-settings.ts";
import { characterMs, frameGapMs, type LineSettings } from "./line-settings.ts";
import { openRtuFrame, rtuFrameBytes } from "./rtu-frame.ts";
import { RtuLine, type RtuLineOptions } from "./rtu-line.ts";
import { behindFaults } from "./wire-device.ts";
import { createWireFaults } from "./wire-faults.ts";

const settings: LineSettings = { baud: 19_200, dataBits: 8, parity: "even", stopBits: 1, turnaroundMs: 2 };
const charMs = characterMs(settings);
const gapMs = frameGapMs(settings);
/** From the first bit of a request for 10 registers to the last one of its reply. */
const exchangeMs = (8 + 25) * charMs + gapMs + settings.turnaroundMs;

const ask = (unit: number, address: number, count = 10): Buffer =>
  rtuFrameBytes({ unit, pdu: Buffer.from([3, address >> 8, address & 0xff, 0, count]) });
const reply = (unit: number, address: number, count = 10): Buffer => {
  const words = Buffer.alloc(2 * count);
  for (let i = 0; i < count; i++) words.writeUInt16BE(addressWord(unit, address + i), 2 * i);
  return rtuFrameBytes({ unit, pdu: Buffer.concat([Buffer.from([3, 2 * count]), words]) });
};

function lineWith(faults: Record<number, WireFaultSettings> = {}, options: Partial<RtuLineOptions> = {}): RtuLine {
  const devices = [1, 2].map((unit) => behindFaults(createAddressDevice(unit), createWireFaults(`${unit}`, faults[unit] ?? {})));
  return new RtuLine({ devices, settings, random: createRandom("line"), ...options });
}

/** Lets the line work whenever it has something to do. @returns what came, each piece with its moment. */
function run(line: RtuLine, untilMs: number): { atMs: number; bytes: Buffer }[] {
  const pieces: { atMs: number; bytes: Buffer }[] = [];
  for (let nowMs = line.nextMs; nowMs <= untilMs; nowMs = line.nextMs) {
    const bytes = line.advance(nowMs);
    if (bytes.length > 0) pieces.push({ atMs: nowMs, bytes });
  }
  return pieces;
}
const all = (pieces: readonly { bytes: Buffer }[]): Buffer => Buffer.concat(pieces.map(({ bytes }) => bytes));

test("characters and silences are as long as the specification has them", () => {
  const near = (ms: number, expectedMs: number): void => assert.ok(Math.abs(ms - expectedMs) < 1e-9, `${ms} ms`);
  near(characterMs({ ...settings, baud: 9_600, parity: "none", stopBits: 1 }), 10_000 / 9_600);
  near(characterMs({ ...settings, baud: 9_600, parity: "none", stopBits: 2 }), 11_000 / 9_600);
  near(gapMs, (3.5 * 11_000) / 19_200);
  near(frameGapMs({ ...settings, baud: 115_200 }), 1.75);
});

test("a reply comes in pieces, none earlier than the line carries it, the last one on time", () => {
  const line = lineWith();
  line.take(ask(1, 100), 50);
  const pieces = run(line, 1_000);
  assert.deepEqual(all(pieces), reply(1, 100));
  const replyMs = 50 + 8 * charMs + gapMs + settings.turnaroundMs;
  let carried = 0;
  for (const { atMs, bytes } of pieces) {
    carried += bytes.length;
    assert.ok(atMs >= replyMs + carried * charMs - 1e-6);
  }
  assert.equal(pieces.length, 4); // 8 + 8 + 8 + 1
  assert.ok(Math.abs((pieces.at(-1)?.atMs ?? 0) - (50 + exchangeMs)) < 1e-6);
});

test("the whole exchange keeps its moments, however late the timers are", () => {
  const line = lineWith();
  line.take(ask(1, 7), 0);
  assert.equal(line.advance(exchangeMs - charMs / 2).length, 24);
  assert.deepEqual(line.advance(exchangeMs + 500).length, 1);
});

test("a request in pieces is one frame; with a silence in it, it is none", () => {
  const pieces = lineWith();
  const bytes = ask(1, 0);
  pieces.take(bytes.subarray(0, 3), 0);
  pieces.take(bytes.subarray(3), 3 * charMs + gapMs * 0.9);
  assert.deepEqual(all(run(pieces, 1_000)), reply(1, 0));
  const broken = lineWith();
  broken.take(bytes.subarray(0, 3), 0);
  broken.take(bytes.subarray(3), 3 * charMs + gapMs * 1.1);
  assert.equal(all(run(broken, 1_000)).length, 0);
});

test("no such unit, a broken CRC, other bytes: silence", () => {
  for (const bytes of [ask(9, 0), Buffer.from([...ask(1, 0).subarray(0, 7), 0]), Buffer.from("hello"), Buffer.alloc(2_000)]) {
    const line = lineWith();
    line.take(bytes, 0);
    assert.equal(all(run(line, 5_000)).length, 0);
    line.take(ask(1, 3), 6_000);
    assert.deepEqual(all(run(line, 7_000)), reply(1, 3));
  }
});

test("a late reply that meets another one spoils both, and costs no other time", () => {
  const line = lineWith({ 1: { late: { rate: 1, ms: [100, 100] } } });
  line.take(ask(1, 0), 0);
  line.advance(90);
  line.take(ask(2, 0), 100 - 5);
  const got = all(run(line, 1_000));
  assert.equal(openRtuFrame(got.subarray(0, 25)), null);
  assert.notDeepEqual(got, reply(1, 0));
  assert.ok(got.length < 50, `${got.length} bytes`);
  assert.ok(line.overlaps >= 2);
  line.take(ask(2, 5), 2_000);
  assert.deepEqual(all(run(line, 3_000)), reply(2, 5));
});

test("a master that speaks while a late reply comes is not heard, and spoils the reply", () => {
  const line = lineWith({ 1: { late: { rate: 1, ms: [100, 100] } } });
  line.take(ask(1, 0), 0);
  line.advance(105);
  line.take(ask(2, 0), 112);
  const got = all([{ bytes: line.advance(112) }, ...run(line, 1_000)]);
  assert.equal(got.length, 25);
  assert.notDeepEqual(got, reply(1, 0));
});

test("a slave answers in the order it was asked", () => {
  const line = lineWith();
  line.take(ask(1, 0), 0);
  line.advance(8 * charMs + gapMs);
  const late = lineWith({ 1: { late: { rate: 1, ms: [200, 200] } } });
  late.take(ask(1, 0), 0);
  late.advance(50);
  late.take(ask(1, 40), 100);
  assert.deepEqual(all(run(late, 1_000)), Buffer.concat([reply(1, 0), reply(1, 40)]));
});

test("each fault of the wire does what its name says", () => {
  const gotWith = (faults: WireFaultSettings): Buffer => {
    const line = lineWith({ 1: faults });
    line.take(ask(1, 0), 0);
    return all(run(line, 2_000));
  };
  const good = reply(1, 0);
  assert.equal(gotWith({ drop: 1 }).length, 0);
  const damaged = gotWith({ crc: 1 });
  assert.equal(damaged.filter((byte, i) => byte !== good[i]).length, 1);
  const half = gotWith({ half: 1 });
  assert.ok(half.length < good.length && good.subarray(0, half.length).equals(half));
  assert.deepEqual(gotWith({ echo: 1 }), Buffer.concat([ask(1, 0), good]));
  const other = openRtuFrame(gotWith({ wrong_unit: 1 }));
  assert.ok(other !== null && other.unit !== 1);
  assert.deepEqual(openRtuFrame(gotWith({ busy: 1 }))?.pdu, Buffer.from([0x83, 6]));
  assert.deepEqual(openRtuFrame(gotWith({ exception: { rate: 1, code: 4 } }))?.pdu, Buffer.from([0x83, 4]));
  const counted = openRtuFrame(gotWith({ wrong_count: 1 }));
  assert.notDeepEqual(counted?.pdu, good.subarray(1, -2));
  const noisy = gotWith({ noise: 1 });
  assert.notDeepEqual(noisy, good);
});

test("a master with other settings gets nothing, or nothing it can read", () => {
  const line = lineWith({}, { isHeardRight: () => false });
  for (let i = 0; i < 50; i++) {
    line.take(ask(1, 0), i * 1_000);
    assert.equal(openRtuFrame(all(run(line, i * 1_000 + 900))), null);
  }
});

test("a cut line forgets what was under way", () => {
  const cuts: number[] = [];
  const line = lineWith({ 2: { unplug: { rate: 1, for: 500 } } }, { onCut: () => cuts.push(1) });
  line.take(ask(2, 0), 0);
  assert.equal(all(run(line, 500)).length, 0);
  assert.equal(cuts.length, 1);
  line.take(ask(1, 0), 1_000);
  line.advance(1_015);
  line.clear();
  assert.equal(line.nextMs, Number.POSITIVE_INFINITY);
});
