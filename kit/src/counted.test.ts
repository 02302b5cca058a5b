import assert from "node:assert/strict";
import { test } from "node:test";
import { counted } from "./counted.ts";

test("one thing is one, all others are many", () => {
  const texts = [0, 1, 2].map((n) => counted(n, "ticket")).concat(counted(1, "reply", "replies"), counted(3, "reply", "replies"));
  assert.deepEqual(texts, ["0 tickets", "1 ticket", "2 tickets", "1 reply", "3 replies"]);
});
