import assert from "node:assert/strict";
import { test } from "node:test";
import { diskTrouble } from "./disk-trouble.ts";

test("a full disk is told at once, then once a minute for all machines, and when it is over", () => {
  const told: string[] = [];
  let nowMs = 0;
  const disk = diskTrouble(
    (text) => told.push(text),
    () => nowMs,
  );
  disk.worked();
  for (let second = 0; second < 90; second += 1) {
    nowMs = second * 1_000;
    for (let machine = 0; machine < 500; machine += 1) disk.refused("outbox_write_failed", "the disk is full");
    // What still fits does not mean that it is over.
    disk.worked();
  }
  disk.refused("given_up", "a row was given up");
  nowMs += 9_000;
  disk.worked();
  assert.deepEqual(told, [
    "outbox: the disk is full",
    "outbox: the disk is full; 29999 more times since it was last told",
    "outbox: a row was given up",
  ]);
  nowMs += 1_000;
  disk.worked();
  disk.worked();
  disk.refused("outbox_write_failed", "the disk is full");
  assert.deepEqual(told.slice(3), ["outbox: the disk takes what is written again", "outbox: the disk is full"]);
});
