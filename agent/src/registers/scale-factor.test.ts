import assert from "node:assert/strict";
import { test } from "node:test";
import { DeviceReader, type ReadPoint } from "./device-reader.ts";
import { type ReadOutcome, type ReadRequest, readFailure } from "./read-outcome.ts";

const place = { table: "holding", type: "int16", order: "ABCD", scale: 1, offset: 0, sentinels: [0x8000] } as const;
const power: ReadPoint = { ...place, name: "power", address: 10, scale: 0.001, offset: 1, range: [0, 100], scaleFactor: 1 };
const factor: ReadPoint = { ...place, name: "power_sf", address: 40 };

/** The value and its reason where the device holds this raw value and this factor; `failing`: no reply to the read of that address. */
async function read(raw: number, exponent: number, { failing = -1, point = power, its = factor } = {}) {
  const words: Record<number, number> = { 10: raw & 0xffff, 40: exponent & 0xffff };
  const answer = ({ address, count }: ReadRequest): Promise<ReadOutcome> =>
    Promise.resolve(
      address === failing
        ? readFailure("bus_timeout", "silent")
        : { ok: true, reply: Uint16Array.from({ length: count }, (_, i) => words[address + i] ?? 0) },
    );
  const reader = new DeviceReader({
    bus: { read: answer },
    unit: 1,
    points: [point, its],
    maxBlock: 125,
    maxGap: 0,
    clock: { monotonicMs: () => 0 },
  });
  const { shown, reasons } = await reader.read();
  return [shown[0], reasons[0]];
}

test("raw × scale × 10^factor + offset, also where the two come with different replies", async () => {
  assert.deepEqual(await read(2450, 1), [25.5, null]);
  assert.deepEqual(await read(2450, 0), [3.45, null]);
  assert.deepEqual(await read(4012, -1, { point: { ...factor, scaleFactor: 1, address: 10 } }), [401.2, null]);
});

test("the range is that of the value, not of the register", async () => {
  assert.deepEqual(await read(9_900, 1), [100, null]);
  assert.deepEqual(await read(10_900, 1), [110, "out_of_range"]);
});

test("a factor that is a sentinel, or none that a device means, leaves no value", async () => {
  assert.deepEqual(await read(1, -0x8000), [Number.NaN, "sentinel"]);
  assert.deepEqual(await read(1, 11), [Number.NaN, "sentinel"]);
  assert.deepEqual(await read(1, -11), [Number.NaN, "sentinel"]);
  assert.deepEqual(await read(-0x8000, 0), [Number.NaN, "sentinel"]);
});

test("a factor outside of its own range leaves no value, and neither does a product that no double holds", async () => {
  const its: ReadPoint = { ...factor, range: [-3, 0] };
  assert.deepEqual(await read(1000, 0, { its }), [2, null]);
  assert.deepEqual(await read(1000, 5, { its }), [Number.NaN, "sentinel"]);
  const { range: _, ...huge } = { ...power, scale: 1e300 };
  assert.deepEqual(await read(30_000, 10, { point: huge }), [Number.NaN, "sentinel"]);
});

test("where either does not come, the reason is the one of what is missing", async () => {
  assert.deepEqual(await read(1, 0, { failing: 40 }), [Number.NaN, "timeout"]);
  assert.deepEqual(await read(1, 0, { failing: 10 }), [Number.NaN, "timeout"]);
});
