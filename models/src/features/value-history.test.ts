import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { ValueHistory } from "./value-history.ts";

const value = fc.integer({ min: -50, max: 50 });

test("as a plain search over the last values says, whatever comes", () => {
  fc.assert(
    fc.property(fc.array(value, { minLength: 1, maxLength: 60 }), fc.integer({ min: 1, max: 20 }), value, (values, capacity, asked) => {
      const history = new ValueHistory(capacity);
      for (const one of values) history.add(one);
      const kept = values.slice(-capacity);
      assert.equal(history.size, kept.length);
      assert.equal(history.distanceToNearest(asked), Math.min(...kept.map((one) => Math.abs(one - asked))));
      assert.equal(history.distanceOutside(asked), Math.max(0, Math.min(...kept) - asked, asked - Math.max(...kept)));
      assert.equal(history.width(0, 0), Math.max(...kept) - Math.min(...kept));
      assert.equal(history.median, kept.toSorted((a, b) => a - b)[kept.length >> 1]);
      assert.deepEqual([...history.arrived], kept);
    }),
  );
});

test("the width leaves out the tails, but not below its floor", () => {
  const history = new ValueHistory(100);
  for (let i = 0; i < 99; i += 1) history.add(i);
  history.add(10_000);
  assert.equal(history.width(0.02, 0), 96);
  assert.equal(history.width(0.02, 0.05), 500);
});

test("of nothing every distance is 0", () => {
  const history = new ValueHistory(3);
  assert.deepEqual([history.distanceToNearest(1), history.distanceOutside(1), history.width(0, 0)], [0, 0, 0]);
});
