import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { InFlight } from "./in-flight.ts";
import { seeded } from "./test-support/seeded.ts";

test("whatever is added and removed, it holds what a Map would", () => {
  const { seed } = seeded("in flight");
  const step = fc.record({ transaction: fc.nat(8), isGone: fc.boolean() });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const [inFlight, map] = [new InFlight<{ transaction: number }>(), new Map<number, { transaction: number }>()];
      for (const { transaction, isGone } of steps) {
        const one = { transaction };
        if (isGone) {
          assert.equal(inFlight.delete(transaction), map.delete(transaction));
        } else if (!map.has(transaction)) {
          inFlight.add(one);
          map.set(transaction, one);
        }
        assert.equal(inFlight.get(transaction), map.get(transaction) ?? null);
        assert.equal(inFlight.size, map.size);
        assert.deepEqual(new Set(inFlight.all()), new Set(map.values()));
      }
      inFlight.clear();
      assert.deepEqual([inFlight.size, inFlight.all()], [0, []]);
    }),
    { seed },
  );
});
