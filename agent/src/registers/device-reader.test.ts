import assert from "node:assert/strict";
import { test } from "node:test";
import type { NumberType } from "@millwright/contract/register-template";
import * as fc from "fast-check";
import { DeviceReader, type DeviceReaderOptions, type ReadPoint } from "./device-reader.ts";
import type { IllegalRange } from "./illegal-ranges.ts";
import { type ReadOutcome, type ReadRequest, readFailure } from "./read-outcome.ts";
import { seeded } from "./test-support/seeded.ts";

/** A device in memory: register n holds n, except where `has` says there is none; and a log of what was asked. */
function device(
  has: (address: number) => boolean = () => true,
  answer: (request: ReadRequest, asked: number) => ReadOutcome | null = () => null,
) {
  const asked: ReadRequest[] = [];
  const read = (request: ReadRequest): Promise<ReadOutcome> => {
    asked.push(request);
    const addresses = Array.from({ length: request.count }, (_, i) => request.address + i);
    const own = answer(request, asked.length);
    if (own !== null) return Promise.resolve(own);
    return Promise.resolve(
      addresses.every(has) ? { ok: true, reply: Uint16Array.from(addresses) } : readFailure("bus_exception", "no such register", 2),
    );
  };
  return { asked, read };
}

const point = (address: number, type: NumberType = "uint16", table: "holding" | "input" = "holding"): ReadPoint => ({
  name: `p${address}`,
  table,
  address,
  type,
  order: "ABCD",
  scale: 1,
  offset: 0,
  sentinels: [],
});

const readerOf = (
  bus: Pick<ReturnType<typeof device>, "read">,
  points: ReadPoint[],
  more: Partial<DeviceReaderOptions> = {},
): DeviceReader => new DeviceReader({ bus, unit: 1, points, maxBlock: 125, maxGap: 16, clock: { monotonicMs: () => 42 }, ...more });

test("reads points of both tables, each to its place", async () => {
  const { read, asked } = device();
  const reading = await readerOf({ read }, [point(30), point(3, "uint16", "input"), point(31), point(7, "uint32")]).read();
  assert.deepEqual([...reading.shown], [30, 3, 31, 7 * 65_536 + 8]);
  assert.deepEqual(reading.reasons, [null, null, null, null]);
  assert.equal(reading.atMonotonicMs, 42);
  assert.equal(asked.length, 3);
});

test("what one block loses, the others keep", async () => {
  const { read } = device(undefined, ({ address }) => (address === 200 ? readFailure("bus_timeout", "silent") : null));
  const reading = await readerOf({ read }, [point(0), point(200), point(400)]).read();
  assert.deepEqual([...reading.shown], [0, Number.NaN, 400]);
  assert.deepEqual(reading.reasons, [null, "timeout", null]);
});

test("any holes: every point that exists is read from the first cycle on, and the holes are soon never asked for again", async () => {
  const { seed } = seeded("illegal ranges");
  const layout = fc.uniqueArray(fc.integer({ min: 0, max: 120 }), { minLength: 1, maxLength: 25 });
  const holes = fc.uniqueArray(fc.integer({ min: 0, max: 124 }), { maxLength: 40 });
  await fc.assert(
    fc.asyncProperty(layout, holes, async (addresses, missing) => {
      const { read, asked } = device((address) => !missing.includes(address));
      let learned: readonly IllegalRange[] = [];
      const points = addresses.map((address) => point(address));
      const reader = readerOf({ read }, points, { onLearned: (illegal) => (learned = illegal) });
      for (let cycle = 0; cycle < 30; cycle++) {
        const { shown } = await reader.read();
        assert.deepEqual(
          [...shown],
          addresses.map((address) => (missing.includes(address) ? Number.NaN : address)),
        );
      }
      if (addresses.every((address) => missing.includes(address))) return assert.deepEqual(learned, []);
      asked.length = 0;
      await reader.read();
      assert.ok(
        asked.every(({ address, count }) => !missing.some((hole) => hole >= address && hole < address + count)),
        "a hole is asked for again",
      );
    }),
    { seed, numRuns: 200 },
  );
});

test("a device that refuses everything teaches nothing, and is searched ever more rarely", async () => {
  let isBooting = true;
  const { read, asked } = device(undefined, () => (isBooting ? readFailure("bus_exception", "booting", 2) : null));
  const reader = readerOf({ read }, [point(0), point(1), point(2), point(3)], {
    onLearned: () => assert.fail("learned from a booting device"),
  });
  for (let i = 0; i < 60; i++) assert.deepEqual((await reader.read()).reasons, Array(4).fill("exception"));
  assert.ok(asked.length <= 60 + 6 * 7);
  isBooting = false;
  assert.deepEqual([...(await reader.read()).shown], [0, 1, 2, 3]);
});

test("a row that changed between two blocks is read again as a whole", async () => {
  let row = 1;
  const { read } = device(undefined, (request, asked) => {
    if (asked === 2) row = 2;
    return { ok: true, reply: new Uint16Array(request.count).fill(row) };
  });
  const reading = await readerOf({ read }, [point(0), point(100)], { counterIndex: 0 }).read();
  assert.deepEqual([...reading.shown], [2, 2]);
});

test("the counter is read before and after everything else, wherever it stands; a row that stays torn is no row", async () => {
  let row = 1;
  const changing = device(undefined, (request) => ({ ok: true, reply: new Uint16Array(request.count).fill(row++) }));
  const reading = await readerOf({ read: changing.read }, [point(0), point(100), point(200)], { counterIndex: 2 }).read();
  assert.equal(changing.asked[0]?.address, 200);
  assert.equal(reading.reasons[2], "late");
  assert.equal(changing.asked.length, 3 * 4);
});

test("a point that was read before is never learned away: it gets a request of its own and comes back by itself", async () => {
  let isThere = true;
  const { read, asked } = device((address) => isThere || address !== 2);
  const reader = readerOf({ read }, [point(1), point(2), point(3)]);
  await reader.read();
  isThere = false;
  for (let i = 0; i < 5; i++) assert.deepEqual([...(await reader.read()).shown], [1, Number.NaN, 3]);
  asked.length = 0;
  await reader.read();
  assert.equal(asked.length, 3);
  isThere = true;
  assert.deepEqual([...(await reader.read()).shown], [1, 2, 3]);
});

test("what was not there is asked for again after a day, and what the template forbids never is", async () => {
  let [nowMs, hasModule] = [0, false];
  const { read, asked } = device((address) => hasModule || address < 100);
  const learned: (readonly IllegalRange[])[] = [];
  const forbidden: IllegalRange[] = [{ table: "holding", from: 2, to: 3 }];
  const reader = readerOf({ read }, [point(1), point(2), point(100), point(101), point(102)], {
    forbidden,
    atomic: [[3, 4]],
    onLearned: (illegal) => learned.push(illegal),
    clock: { monotonicMs: () => nowMs },
  });
  await reader.read();
  assert.deepEqual(learned, [[{ table: "holding", from: 100, to: 101 }]]);
  hasModule = true;
  nowMs = 23 * 3_600_000;
  assert.deepEqual([...(await reader.read()).shown], [1, Number.NaN, Number.NaN, Number.NaN, Number.NaN]);
  nowMs = 25 * 3_600_000;
  assert.deepEqual([...(await reader.read()).shown], [1, Number.NaN, 100, 101, 102]);
  assert.ok(asked.every(({ address, count }) => address > 2 || address + count <= 2));
  assert.equal(learned.length, 1);
});

test("a device that takes few registers is asked for fewer, from the first cycle on, and it is told once", async () => {
  for (const most of [1, 7, 40, 100]) {
    const { read, asked } = device(undefined, ({ count }) => (count > most ? readFailure("bus_exception", "too many", 3) : null));
    const told: number[] = [];
    const points = Array.from({ length: 120 }, (_, i) => point(i));
    const reader = readerOf({ read }, points, { onBlockSize: (maxBlock) => told.push(maxBlock), onLearned: () => assert.fail("no hole") });
    for (let cycle = 0; cycle < 3; cycle++) assert.deepEqual((await reader.read()).reasons, Array(120).fill(null));
    assert.equal(told.length, 1);
    assert.ok((told[0] as number) <= most && (told[0] as number) >= Math.floor(most / 2), `${told[0]} for ${most}`);
    asked.length = 0;
    await reader.read();
    assert.ok(asked.every(({ count }) => count <= most));
    assert.equal(asked.length, Math.ceil(120 / (told[0] as number)));
  }
});

test("exception 3 for a register that is not there is a hole, not a length", async () => {
  const { read, asked } = device(undefined, ({ address, count }) =>
    address <= 5 && address + count > 5 ? readFailure("bus_exception", "no value", 3) : null,
  );
  let learned: readonly IllegalRange[] = [];
  const points = Array.from({ length: 20 }, (_, i) => point(i));
  const reader = readerOf({ read }, points, { onLearned: (illegal) => (learned = illegal) });
  for (let cycle = 0; cycle < 4; cycle++) assert.equal((await reader.read()).reasons.filter((reason) => reason !== null).length, 1);
  assert.deepEqual(learned, [{ table: "holding", from: 5, to: 6 }]);
  asked.length = 0;
  await reader.read();
  assert.ok(asked.length <= 4, `${asked.length} requests`);
});

test("blocks go out together, as many as the device allows", async () => {
  let [inFlight, most] = [0, 0];
  const { read } = device();
  const slow = async (request: ReadRequest): Promise<ReadOutcome> => {
    most = Math.max(most, ++inFlight);
    await new Promise((resolve) => setTimeout(resolve, 1));
    inFlight--;
    return read(request);
  };
  const points = Array.from({ length: 10 }, (_, i) => point(100 * i));
  const reading = await readerOf({ read: slow }, points, { pipeline: 4 }).read();
  assert.deepEqual(
    [...reading.shown],
    points.map(({ address }) => address),
  );
  assert.equal(most, 4);
});

test("with several in flight the counter is still read before and after all else", async () => {
  const asked: number[] = [];
  let inFlight = 0;
  const read = async ({ address, count }: ReadRequest): Promise<ReadOutcome> => {
    if (address === 500) assert.equal(inFlight, 0);
    asked.push(address);
    inFlight++;
    await new Promise((resolve) => setTimeout(resolve, 1));
    inFlight--;
    return { ok: true, reply: new Uint16Array(count).fill(7) };
  };
  await readerOf({ read }, [point(0), point(100), point(200), point(500)], { pipeline: 8, counterIndex: 3 }).read();
  assert.deepEqual([asked[0], asked.at(-1), asked.length], [500, 500, 5]);
});
