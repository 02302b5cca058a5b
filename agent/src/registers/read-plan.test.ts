import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { overlaps, type PlanItem, planReads, type RegisterRange } from "./read-plan.ts";
import { seeded } from "./test-support/seeded.ts";

const items = fc
  .array(fc.record({ address: fc.integer({ min: 0, max: 400 }), length: fc.constantFrom(1, 1, 2, 4) }), { maxLength: 60 })
  .map((list) => list.map((item, index): PlanItem => ({ index, ...item })));
const ranges = fc.array(
  fc
    .record({ from: fc.integer({ min: 0, max: 404 }), size: fc.integer({ min: 0, max: 6 }) })
    .map(({ from, size }): RegisterRange => ({ from, to: from + size })),
  { maxLength: 8 },
);

test("for any layout every point is read exactly once, whole, in legal blocks; or said to be unreadable", () => {
  const { seed } = seeded("read plan");
  fc.assert(
    fc.property(items, ranges, fc.integer({ min: 1, max: 125 }), fc.integer({ min: 0, max: 30 }), (points, forbidden, maxBlock, maxGap) => {
      const { blocks, unreadable } = planReads(points, { maxBlock, maxGap, forbidden });
      const placed = [...blocks.flatMap((block) => block.items), ...unreadable].map(({ index }) => index).sort((a, b) => a - b);
      assert.deepEqual(
        placed,
        points.map(({ index }) => index),
      );
      const holes = forbidden.filter(({ from, to }) => to > from);
      for (const { address, length } of unreadable) assert.ok(holes.some((hole) => overlaps(hole, address, address + length)));
      for (const block of blocks) {
        const end = block.address + block.count;
        assert.ok(block.items.every(({ address, length }) => address >= block.address && address + length <= end));
        assert.ok(block.count <= Math.max(maxBlock, ...block.items.map(({ length }) => length)));
        assert.ok(!holes.some((hole) => overlaps(hole, block.address, end)));
        const read = new Set(block.items.flatMap(({ address, length }) => Array.from({ length }, (_, i) => address + i)));
        let gap = 0;
        for (let at = block.address; at < end; at++) {
          gap = read.has(at) ? 0 : gap + 1;
          assert.ok(gap <= maxGap);
        }
        for (const { from } of forbidden.filter(({ from, to }) => from === to)) {
          assert.ok(
            !overlaps({ from, to: from }, block.address, end) ||
              block.items.some(({ address, length }) => address < from && from < address + length),
          );
        }
      }
    }),
    { seed, numRuns: 2_000 },
  );
});

const at = (...addresses: number[]): PlanItem[] => addresses.map((address, index) => ({ index, address, length: 1 }));
const spans = (points: readonly PlanItem[], maxBlock: number, maxGap: number, forbidden: RegisterRange[] = []): string[] =>
  planReads(points, { maxBlock, maxGap, forbidden }).blocks.map(({ address, count }) => `${address}+${count}`);

test("neighbours share a request, up to the gap and the block that are allowed", () => {
  assert.deepEqual(spans(at(0, 1, 4, 10), 125, 2), ["0+5", "10+1"]);
  assert.deepEqual(spans(at(0, 1, 2, 3), 2, 0), ["0+2", "2+2"]);
  assert.deepEqual(spans(at(0, 1, 4), 125, 9, [{ from: 2, to: 4 }]), ["0+2", "4+1"]);
  assert.deepEqual(spans(at(0, 1), 125, 9, [{ from: 1, to: 1 }]), ["0+1", "1+1"]);
});
