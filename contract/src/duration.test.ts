import assert from "node:assert/strict";
import { test } from "node:test";
import * as v from "valibot";
import { duration, parseDuration } from "./duration.ts";

test("durations as people write them", () => {
  assert.equal(parseDuration("250ms"), 250);
  assert.equal(parseDuration("1.5s"), 1_500);
  assert.equal(parseDuration("7d"), 604_800_000);
  for (const text of ["", "5", "5 s", "-1s", "1w", "s"]) assert.equal(parseDuration(text), null, text);
});

test("limits hold, and the message says them", () => {
  const schema = duration({ min: "10ms", max: "1h" });
  assert.equal(v.parse(schema, "1h"), 3_600_000);
  const refused = v.safeParse(schema, "2h");
  assert.equal(refused.success, false);
  assert.match(refused.issues?.[0]?.message ?? "", /from 10ms to 1h/);
});
