import assert from "node:assert/strict";
import { test } from "node:test";
import { severityOf } from "./ailment.ts";

const wear = [{ kind: "bearing_wear", atMs: 500_000, growsOverMs: 600_000 }] as const;

test("severity is 0 until it begins, then only grows, faster and faster, to 1", () => {
  const at = (second: number): number => severityOf(wear, "bearing_wear", second * 1000);
  assert.deepEqual([at(0), at(500), at(1100), at(9999)], [0, 0, 1, 1]);
  const growth = Array.from({ length: 6 }, (_, i) => at(600 + i * 100) - at(500 + i * 100));
  assert.deepEqual(
    growth,
    growth.toSorted((a, b) => a - b),
  );
  assert.ok((growth[0] as number) > 0);
});

test("a machine without ailments is well", () => {
  assert.equal(severityOf([], "bearing_wear", 1e9), 0);
});
