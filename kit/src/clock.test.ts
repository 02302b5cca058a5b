import assert from "node:assert/strict";
import { test } from "node:test";
import { clockFromEnvironment, clockText, clockVariable, createClock } from "./clock.ts";

test("two processes with the same text agree on machine time", () => {
  const originMs = Date.now() - 1_000;
  const one = clockFromEnvironment({ [clockVariable]: clockText(20, originMs) });
  const two = createClock({ scale: 20, originMs });
  assert.equal(one.bootId, two.bootId);
  assert.ok(Math.abs(one.wallMs() - two.wallMs()) < 20 * 50);
  assert.ok(one.wallMs() - originMs >= 20_000);
  assert.equal(one.realMs(1_000), 50);
  assert.ok(one.isTrusted());
});

test("monotonic time never steps back and runs at the scale", () => {
  const clock = createClock({ scale: 5 });
  let last = clock.monotonicMs();
  for (let i = 0; i < 1_000; i++) {
    const now = clock.monotonicMs();
    assert.ok(now >= last);
    last = now;
  }
});

test("a malformed variable is refused with its remedy", () => {
  for (const text of ["20", "0@1", "x@1", "20@"])
    assert.throws(() => clockFromEnvironment({ [clockVariable]: text }), /<scale>@<unix ms>/, text);
});
