import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { DeviceReader, type ReadPoint } from "./device-reader.ts";
import type { IllegalRange } from "./illegal-ranges.ts";
import { readItems } from "./read-items.ts";
import { type ReadOutcome, type ReadRequest, readFailure } from "./read-outcome.ts";
import { overlaps, planReads } from "./read-plan.ts";
import { seeded } from "./test-support/seeded.ts";

const point = (address: number, type: ReadPoint["type"] = "uint16"): ReadPoint => ({
  name: `p${address}`,
  table: "holding",
  address,
  type,
  order: "ABCD",
  scale: 1,
  offset: 0,
  sentinels: [],
});

/** Points that do not overlap, some of them in groups, as the check of a template lets them be: no point in two. */
const layout = fc
  .uniqueArray(
    fc.record({
      address: fc.integer({ min: 0, max: 30 }).map((n) => 4 * n),
      type: fc.constantFrom<ReadPoint["type"]>("uint16", "uint32", "float64"),
    }),
    {
      minLength: 1,
      maxLength: 20,
      selector: ({ address }) => address,
    },
  )
  .chain((places) =>
    fc.record({
      points: fc.constant(places.map(({ address, type }) => point(address, type))),
      group: fc.array(fc.nat(5), { minLength: places.length, maxLength: places.length }),
    }),
  )
  .map(({ points, group }) => ({
    points,
    // 0 and 1: in no group.
    atomic: [2, 3, 4, 5].map((n) => points.flatMap((_, i) => (group[i] === n ? [i] : []))).filter(({ length }) => length > 1),
  }));

const ranges = fc
  .array(fc.record({ from: fc.nat(125), length: fc.nat(4) }), { maxLength: 6 })
  .map((all) => all.map(({ from, length }) => ({ from, to: from + length })));

test("for any layout and any groups: every point exactly once, whole, its group with it; no block longer than allowed, none into what is forbidden", () => {
  const { seed } = seeded("read items");
  fc.assert(
    fc.property(
      layout,
      ranges,
      fc.integer({ min: 1, max: 125 }),
      fc.integer({ min: 0, max: 30 }),
      ({ points, atomic }, forbidden, maxBlock, maxGap) => {
        const items = readItems(points, atomic);
        const { blocks, unreadable } = planReads(items, { maxBlock, maxGap, forbidden });
        const placed = [...blocks.flatMap((block) => block.items), ...unreadable].flatMap(({ parts }) => parts.map(({ index }) => index));
        assert.deepEqual(
          placed.sort((a, b) => a - b),
          points.map((_, i) => i),
        );
        for (const { address, count, items: inside } of blocks) {
          assert.ok(count <= Math.max(maxBlock, ...inside.map(({ length }) => length)));
          assert.ok(!forbidden.some((range) => range.from < range.to && overlaps(range, address, address + count)));
          for (const item of inside)
            for (const { index, offset } of item.parts) {
              assert.equal(item.address + offset, points[index]?.address);
              assert.ok(item.address >= address && item.address + item.length <= address + count);
            }
        }
        for (const group of atomic) {
          const homes = blocks.filter((block) => block.items.some(({ parts }) => parts.some(({ index }) => group.includes(index))));
          assert.ok(homes.length <= 1, "a group in two requests");
        }
      },
    ),
    { seed, numRuns: 2_000 },
  );
});

test("with any holes in the device: what can be read is read from the first cycle on, a group in one reply or not at all; holes are soon left alone", async () => {
  const { seed } = seeded("groups and holes");
  const holes = fc.uniqueArray(fc.integer({ min: 0, max: 124 }), { maxLength: 25 });
  await fc.assert(
    fc.asyncProperty(layout, holes, async ({ points, atomic }, missing) => {
      // Registers hold the number of the request that read them: who has the same number came with the same reply.
      let asked: ReadRequest[] = [];
      const read = (request: ReadRequest): Promise<ReadOutcome> => {
        asked.push(request);
        const isThere = !missing.some((hole) => hole >= request.address && hole < request.address + request.count);
        return Promise.resolve(
          isThere
            ? { ok: true, reply: new Uint16Array(request.count).fill(asked.length) }
            : readFailure("bus_exception", "no such register", 2),
        );
      };
      let learned: readonly IllegalRange[] = [];
      const onLearned = (illegal: readonly IllegalRange[]): void => {
        learned = illegal;
      };
      const options = { bus: { read }, unit: 1, points, atomic, maxBlock: 125, maxGap: 16, clock: { monotonicMs: () => 0 }, onLearned };
      const reader = new DeviceReader(options);
      const items = readItems(points, atomic);
      const exists = (from: number, length: number): boolean => !missing.some((hole) => hole >= from && hole < from + length);
      for (let cycle = 0; cycle < 30; cycle++) {
        asked = [];
        const { reasons, shown } = await reader.read();
        for (const item of items) {
          const expected = exists(item.address, item.length) ? null : "exception";
          for (const { index } of item.parts) assert.equal(reasons[index], expected);
          const replies = new Set(item.parts.filter(({ index }) => points[index]?.type === "uint16").map(({ index }) => shown[index]));
          if (expected === null) assert.ok(replies.size <= 1, "a group in two replies");
        }
      }
      if (items.some(({ address, length }) => exists(address, length)))
        assert.ok(
          asked.every(({ address, count }) => exists(address, count)),
          "a hole is asked for again",
        );
      assert.ok(learned.every(({ from, to }) => from <= to));
    }),
    { seed, numRuns: 300 },
  );
});

test("a group that was read before is asked for again when it is back, and what lies in its gap is read meanwhile", async () => {
  let isThere = true;
  const read = ({ address, count }: ReadRequest): Promise<ReadOutcome> =>
    Promise.resolve(
      isThere || address + count <= 10
        ? { ok: true, reply: Uint16Array.from({ length: count }, (_, i) => address + i) }
        : readFailure("bus_exception", "", 2),
    );
  const reader = new DeviceReader({
    bus: { read },
    unit: 1,
    points: [point(0), point(10), point(5)],
    atomic: [[0, 1]],
    maxBlock: 125,
    maxGap: 16,
    clock: { monotonicMs: () => 0 },
  });
  const shown = async (): Promise<number[]> => [...(await reader.read()).shown];
  assert.deepEqual(await shown(), [0, 10, 5]);
  isThere = false;
  for (let i = 0; i < 3; i++) assert.deepEqual(await shown(), [Number.NaN, Number.NaN, 5]);
  isThere = true;
  assert.deepEqual(await shown(), [0, 10, 5]);
});
