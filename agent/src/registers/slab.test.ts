import assert from "node:assert/strict";
import { test } from "node:test";
import { slab } from "./slab.ts";

test("pieces are zeros, of the length that was asked for, and none shares a place with another", () => {
  const cut = slab(Float64Array);
  const pieces = Array.from({ length: 500 }, (_, i) => cut(i % 7 === 0 ? 3_000 : i % 130));
  for (const [i, piece] of pieces.entries()) {
    assert.equal(piece.length, i % 7 === 0 ? 3_000 : i % 130);
    assert.ok(piece.every((value) => value === 0));
    piece.fill(i + 1);
  }
  for (const [i, piece] of pieces.entries()) assert.ok(piece.every((value) => value === i + 1));
});
