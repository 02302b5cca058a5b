import assert from "node:assert/strict";
import { test } from "node:test";
import { seeded } from "../../agent/src/registers/test-support/seeded.ts";
import { framesStorm } from "./frames-storm.ts";

test("five thousand random and mangled frames: every request settles in time, none of them is taken for an answer", async () => {
  const { seed } = seeded("frames storm");
  const { ok, counts } = await framesStorm({ seed, frames: 5_000, devices: 100 });
  assert.ok(ok, JSON.stringify(counts));
  assert.ok(
    (counts["mangled"] ?? 0) > 1_000 && (counts["right"] ?? 0) > 1_000 && (counts["reconnects"] ?? 0) > 200,
    JSON.stringify(counts),
  );
});
