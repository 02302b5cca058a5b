import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { bestThreshold, earnedAt, leaveOneGroupOut, officialScore, probationRows, rowWorths } from "./nab-score.ts";

const standard = { falseOne: 0.11, miss: 1 };
const close = (actual: number | undefined, expected: number): void =>
  assert.ok(Math.abs((actual ?? Number.NaN) - expected) < 1e-5, `${actual}, not ${expected}`);
const scoresOf = (rows: number, ...detections: number[]): number[] =>
  Array.from({ length: rows }, (_, i) => Number(detections.includes(i)));

test("the probation is 15 % of the rows, at most 750", () => {
  assert.deepEqual([100, 1999, 5000, 6000].map(probationRows), [15, 299, 750, 750]);
});

test("a row's worth is the sigmoid of the benchmark's scorer: first, middle and last row of a window, and behind it", () => {
  const worths = rowWorths(1000, [[100, 199]]);
  const sigmoid = (y: number): number => 2 / (1 + Math.exp(5 * y)) - 1;
  assert.equal(worths[50], -1);
  assert.equal(worths[100], 1);
  close(worths[150], sigmoid(-0.5) / sigmoid(-1));
  close(worths[199], sigmoid(-0.01) / sigmoid(-1));
  close(worths[200], sigmoid(1 / 99));
  close(worths[298], -0.98661);
  assert.equal(worths[600], -1);
});

test("as in the benchmark's own tests: two false ones after the window cost their sigmoids, a second hit brings nothing", () => {
  const window = [40, 49] as const;
  const earned = (...detections: number[]): number => earnedAt([{ scores: scoresOf(100, ...detections), windows: [window] }], 1, standard);
  close(earned(), -1);
  close(earned(40), 1);
  close(earned(40, 45), 1);
  close(earned(40, 20), 1 - 0.11);
  close(earned(52, 99), -1 + 0.11 * (2 / (1 + Math.exp(5 / 3)) - 1) - 0.11);
  close(earned(5), -1);
});

test("nothing found is 0, everything at its first row is 100, a constant score is judged by the threshold that is silent", () => {
  const series = [
    {
      scores: scoresOf(200, 100, 150),
      windows: [
        [100, 120],
        [150, 160],
      ] as const,
    },
  ];
  assert.deepEqual(officialScore(series), { standard: 100, low_fp: 100, low_fn: 100 });
  const silent = officialScore([{ scores: scoresOf(10_000), windows: [[9000, 9010]] as const }]);
  assert.deepEqual(silent, { standard: 0, low_fp: 0, low_fn: 0 });
});

test("a threshold from other groups does not see the group it judges", () => {
  const scaled = (factor: number) => [{ scores: scoresOf(200, 100).map((score) => factor * score), windows: [[100, 120]] as const }];
  close(leaveOneGroupOut([scaled(1), scaled(1)], standard) ?? undefined, 100);
  close(leaveOneGroupOut([scaled(1), scaled(2)], standard) ?? undefined, 50);
  assert.equal(leaveOneGroupOut([scaled(1)], standard), null);
});

test("the threshold found is at least as good as every other, and earns what it says", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(5), { minLength: 60, maxLength: 60 }), (scores) => {
      const series = [
        {
          scores,
          windows: [
            [20, 29],
            [50, 54],
          ] as const,
        },
      ];
      const best = bestThreshold(series, standard);
      const normalised = (threshold: number): number => (100 * (earnedAt(series, threshold, standard) + 2)) / 4;
      close(normalised(best.threshold), best.score);
      for (const threshold of [1, 2, 3, 4, 5, 6]) assert.ok(normalised(threshold) <= best.score + 1e-9);
    }),
  );
});
