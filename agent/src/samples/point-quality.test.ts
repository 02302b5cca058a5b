import assert from "node:assert/strict";
import { test } from "node:test";
import type { QualityReason } from "@millwright/contract/telemetry";
import * as fc from "fast-check";
import { seeded } from "../registers/test-support/seeded.ts";
import { PointQuality, type QualityRule } from "./point-quality.ts";

type Seen = readonly [atMs: number, value: number, reason?: QualityReason | null];

function reasonsOf(rule: QualityRule, readings: readonly Seen[], everyMs = 1_000): (QualityReason | null)[] {
  const quality = new PointQuality([rule], everyMs);
  return readings.map(([atMonotonicMs, value, reason = null]) => {
    const reading = { atMonotonicMs, shown: Float64Array.of(value), reasons: [reason] };
    quality.judge(reading);
    assert.deepEqual([...reading.shown], [value], "the value is kept");
    return reading.reasons[0] as QualityReason | null;
  });
}

test("a change faster than max_rate is a rate fault; one as fast is not", () => {
  const seen: Seen[] = [
    [0, 20],
    [1_000, 22],
    [2_000, 19.9],
    [3_000, 24],
  ];
  assert.deepEqual(reasonsOf({ maxRate: 2 }, seen), [null, null, "rate", null]);
});

test("a spike harms nothing but itself; a true step is believed when it could have come about", () => {
  const seen: Seen[] = [0, 1, 2, 3, 4, 5, 6].map((second) => [second * 1_000, second === 1 ? 500 : second < 3 ? 10 : 18]);
  // 8 from the last good value at 2 s, at 2 a second: believed 4 s later.
  assert.deepEqual(reasonsOf({ maxRate: 2 }, seen), [null, "rate", null, "rate", "rate", "rate", null]);
});

test("what was bad before is not what the next value is judged against", () => {
  const seen: Seen[] = [
    [0, 20],
    [1_000, Number.NaN, "timeout"],
    [2_000, 999, "out_of_range"],
    [3_000, 21, "late"],
    [4_000, 40, "late"],
  ];
  assert.deepEqual(reasonsOf({ maxRate: 1 }, seen), [null, "timeout", "out_of_range", "late", "rate"]);
});

test("two different values of one moment cannot both be true", () =>
  assert.deepEqual(
    reasonsOf({ maxRate: 1e9 }, [
      [0, 1],
      [0, 2],
    ]),
    [null, "rate"],
  ));

test("exactly the same for flat_after is a flat line; the first different value is good again", () => {
  const seen: Seen[] = [5, 5, 5, 5, 5.000_001, 5].map((value, i) => [i * 1_000, value]);
  assert.deepEqual(reasonsOf({ flatAfterMs: 3_000 }, seen), [null, null, null, "flat_line", null, null]);
});

test("a missing value now and then does not hide a flat line; a long silence begins it anew", () => {
  const dropped: Seen[] = [
    [0, 5],
    [1_000, 5],
    [2_000, Number.NaN, "timeout"],
    [3_000, 5],
  ];
  assert.deepEqual(reasonsOf({ flatAfterMs: 3_000 }, dropped), [null, null, "timeout", "flat_line"]);
  assert.deepEqual(
    reasonsOf({ flatAfterMs: 3_000 }, [
      [0, 5],
      [3_001, 5],
      [6_000, 5],
      [6_001, 5],
    ]),
    [null, null, null, "flat_line"],
  );
});

test("after a flat line the last good value is the one before it: a sensor that comes back is believed", () => {
  const seen: Seen[] = [
    [0, 5],
    [1_000, 5],
    [2_000, 5],
    [3_000, 5],
    [4_000, 8],
  ];
  assert.deepEqual(reasonsOf({ flatAfterMs: 2_000, maxRate: 1 }, seen), [null, null, "flat_line", "flat_line", null]);
});

test("a point that declares nothing is left alone", () => {
  const seen: Seen[] = [
    [0, 0],
    [1, 1e9],
    [2, 1e9],
    [1e9, 1e9],
  ];
  assert.deepEqual(reasonsOf({}, seen), [null, null, null, null]);
});

test("any readings: of two good values in a row none changed faster than max_rate, and a value that stays is good again in the time its step takes", () => {
  const { seed } = seeded("point quality");
  const step = fc.record({ afterMs: fc.integer({ min: 1, max: 5_000 }), value: fc.integer({ min: -100, max: 100 }) });
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 40 }), fc.integer({ min: 1, max: 50 }), (steps, maxRate) => {
      let nowMs = 0;
      const seen = steps.map(({ afterMs, value }): Seen => {
        nowMs += afterMs;
        return [nowMs, value];
      });
      const last = seen.at(-1) as Seen;
      // A value that stays for 200 / maxRate s has made the longest way there is.
      const all = [...seen, [nowMs + 1, last[1]] as Seen, [nowMs + 200_000 / maxRate, last[1]] as Seen];
      const reasons = reasonsOf({ maxRate }, all);
      const good = all.filter((_, i) => reasons[i] === null);
      for (const [i, [at, value]] of good.slice(1).entries()) {
        const [before, from] = good[i] as Seen;
        assert.ok(Math.abs(value - from) <= (maxRate * (at - before)) / 1_000 + 1e-9);
      }
      assert.equal(reasons.at(-1), null);
    }),
    { seed },
  );
});
