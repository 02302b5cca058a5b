import assert from "node:assert/strict";
import { test } from "node:test";
import { isOlder } from "./accepted-model.ts";

test("the version decides, then the time of making, whatever its time zone; the same bundle is not older than itself", () => {
  const of = (version: number, created_at: string) => ({ version, created_at });
  const now = of(3, "2026-11-28T12:00:00Z");
  assert.equal(isOlder(of(2, "2027-01-01T00:00:00Z"), now), true);
  assert.equal(isOlder(of(4, "2020-01-01T00:00:00Z"), now), false);
  assert.equal(isOlder(of(3, "2026-11-28T11:59:59Z"), now), true);
  assert.equal(isOlder(of(3, "2026-11-28T14:30:00+02:00"), now), false);
  assert.equal(isOlder(now, now), false);
});
