import assert from "node:assert/strict";
import { test } from "node:test";
import { Refractory } from "./refractory.ts";

test("after a row that spoke, only one that scores more than the factor speaks within the pause", () => {
  const refractory = new Refractory({ pauseRows: 3, factor: 2 });
  assert.deepEqual(
    [0, 1, 1.5, 2, 2.5, 1, 1, 1, 0, 0, 0, 0.1].map((score) => refractory.push(score)),
    [0, 1, 0, 0, 2.5, 0, 0, 1, 0, 0, 0, 0.1],
  );
});
