import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { batchesOf, type PackedRows, packRows, singleRows } from "./packed-rows.ts";

/** A row of machine `m` has m + 1 features, which say of which row they are. */
function rowsOf(machines: readonly number[]): PackedRows {
  return packRows(
    machines.map((m, n) => ({ id: 100 + n, request: { kind: "score", key: `m${m}`, features: new Float32Array(m + 1).fill(n) } })),
  );
}

const isIntact = ({ ids, keys, lengths, features }: PackedRows): boolean =>
  keys.every((key, n) => lengths[n] === Number(key.slice(1)) + 1) &&
  features.join() === ids.flatMap((id, n) => Array.from({ length: lengths[n] ?? 0 }, () => id - 100)).join();

test("every row is in one batch, whole, with its like, in order; no batch is too large", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(5), { maxLength: 40 }), fc.integer({ min: 1, max: 9 }), (machines, most) => {
      const rows = rowsOf(machines);
      const batches = batchesOf(rows, (key) => (Number(key.slice(1)) % 2 === 0 ? "even" : "odd"), most);
      for (const [group, batch] of batches) {
        assert.ok(batch.ids.length > 0 && batch.ids.length <= most && isIntact(batch));
        assert.ok(batch.keys.every((key) => (Number(key.slice(1)) % 2 === 0 ? "even" : "odd") === group));
      }
      for (const group of ["even", "odd"]) {
        const ids = batches.filter(([of]) => of === group).flatMap(([, batch]) => batch.ids);
        assert.deepEqual(
          ids,
          rows.ids.filter((_, n) => (machines[n] as number) % 2 === (group === "even" ? 0 : 1)),
        );
      }
      const single = singleRows(rows);
      assert.ok(single.every((row) => row.ids.length === 1 && isIntact(row)));
      assert.deepEqual(
        single.flatMap(({ ids }) => ids),
        rows.ids,
      );
    }),
  );
});

test("rows that are all alike are not copied", () => {
  const rows = rowsOf([2, 0, 1]);
  const [batch, ...others] = batchesOf(rows, () => "same", 3);
  assert.deepEqual(others, []);
  assert.equal(batch?.[1], rows);
});
