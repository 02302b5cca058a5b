import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { createPlayback } from "./playback.ts";

const seconds = (...times: number[]): Float64Array => Float64Array.from(times, (s) => s * 1000);

test("a row is there from its time until the next row's", () => {
  const playback = createPlayback(seconds(0, 1, 3, 4), 1000);
  assert.deepEqual(
    [0, 999, 1000, 2999, 3000, 4000].map((ms) => playback.at(ms)),
    [0, 0, 1, 1, 2, 3].map((row) => ({ kind: "row", row })),
  );
});

test("a gap of three periods is bridged, a longer one is silence after one period", () => {
  const playback = createPlayback(seconds(0, 3, 7), 1000);
  assert.equal(playback.at(2999).kind, "row");
  assert.deepEqual(playback.at(3999), { kind: "row", row: 1 });
  assert.equal(playback.at(4000).kind, "silent");
  assert.equal(playback.at(6999).kind, "silent");
  assert.deepEqual(playback.at(7000), { kind: "row", row: 2 });
});

test("the last row stays for two periods", () => {
  const playback = createPlayback(seconds(0, 1), 1000);
  assert.equal(playback.endMs, 3000);
  assert.deepEqual(playback.at(2999), { kind: "row", row: 1 });
  assert.equal(playback.at(3000).kind, "finished");
});

test("served counts what was on the wire: a row with its successor's time never was", () => {
  const playback = createPlayback(seconds(0, 1, 1, 2), 1000);
  assert.deepEqual(
    [0, 1000, 2000, 9000].map((ms) => playback.servedUntil(ms)),
    [1, 2, 3, 3],
  );
  assert.deepEqual(playback.at(1000), { kind: "row", row: 2 });
});

test("a client that looks often enough sees every served row, once and in order", () => {
  const steps = fc.array(fc.constantFrom<number[]>(0, 1, 1, 1, 2, 3, 4, 60), { minLength: 1, maxLength: 60 });
  fc.assert(
    fc.property(steps, (gaps) => {
      const times = Float64Array.from(gaps.map((_, i) => gaps.slice(0, i).reduce((a, b) => a + b, 0) * 1000));
      const playback = createPlayback(times, 1000);
      const seen: number[] = [];
      for (let ms = 0; ms < playback.endMs; ms += 500) {
        const presented = playback.at(ms);
        if (presented.kind === "row" && presented.row !== seen.at(-1)) seen.push(presented.row);
      }
      assert.equal(seen.length, playback.servedUntil(playback.endMs));
      assert.deepEqual(
        seen,
        [...new Set(seen)].toSorted((a, b) => a - b),
      );
    }),
  );
});
