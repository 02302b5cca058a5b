import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { RoundTrips, roundTripMs } from "./round-trips.ts";
import { seeded } from "./test-support/seeded.ts";

test("a quantile is right to 5 %, whatever was counted", () => {
  const { seed } = seeded("round trips");
  const ms = fc.double({ min: 0.02, max: 50_000, noNaN: true });
  fc.assert(
    fc.property(fc.array(ms, { minLength: 1, maxLength: 200 }), fc.constantFrom(0.5, 0.99), (all, share) => {
      const trips = new RoundTrips();
      for (const one of all) trips.add(one);
      const exact = all.sort((a, b) => a - b)[Math.ceil(share * all.length - 1e-9) - 1] as number;
      const got = roundTripMs(trips.counts(), share) as number;
      assert.ok(Math.abs(Math.log(got / exact)) < 0.05, `${got} for ${exact}`);
    }),
    { seed },
  );
});

test("what was counted before an earlier copy is left out; nothing counted is no figure; extremes land in the outer buckets", () => {
  const trips = new RoundTrips();
  assert.equal(roundTripMs(trips.counts(), 0.5), null);
  for (let i = 0; i < 100; i++) trips.add(1_000);
  const before = trips.counts();
  assert.equal(roundTripMs(trips.counts(), 0.99, before), null);
  trips.add(2);
  assert.ok(Math.abs((roundTripMs(trips.counts(), 0.99, before) as number) - 2) < 0.1);
  trips.add(0);
  trips.add(1e9);
  assert.equal(
    trips.counts().reduce((sum, n) => sum + n),
    103,
  );
});
