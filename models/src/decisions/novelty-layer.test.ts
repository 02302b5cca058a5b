import assert from "node:assert/strict";
import { test } from "node:test";
import { noveltySettings } from "../settings.ts";
import { NoveltyLayer, noveltyPeriodMs } from "./novelty-layer.ts";

const periodMs = 600_000;
const rowsADay = 144;
/** A quiet night and a busy day; values repeat within a band of ± 1. */
const usual = (row: number): number => (row % rowsADay < 72 ? 20 : 80) + Math.sin(row * row);
const layerOf = (points: readonly string[]): NoveltyLayer => new NoveltyLayer({ points, periodMs, learnRows: 200 });
const feed = (layer: NoveltyLayer, from: number, to: number, valuesOf: (row: number) => number[]): string[] =>
  Array.from({ length: to - from }, (_, i) => {
    const row = from + i;
    layer.take(row * periodMs, valuesOf(row));
    return layer.output.level;
  });

test("nothing is said in the first two days, and before there are enough rows; what is missing is said", () => {
  const layer = layerOf(["flow"]);
  const levels = feed(layer, 0, 2 * rowsADay, (row) => [row === 280 ? 400 : usual(row)]);
  assert.ok(levels.every((level) => level === "normal"));
  assert.deepEqual(layer.readiness.missing, "about 10 minutes of running");
  feed(layer, 2 * rowsADay, 2 * rowsADay + 1, (row) => [usual(row)]);
  assert.deepEqual(layer.readiness, { fraction: 1, missing: null });
  const slow = new NoveltyLayer({ points: ["flow"], periodMs: 86_400_000, learnRows: 200 });
  for (let row = 0; row < 50; row += 1) slow.take(row * 86_400_000, [row % 7]);
  assert.deepEqual(slow.readiness, { fraction: 0.25, missing: "150 more good rows, about 3600 hours of running" });
});

test("a small surprise is a watch, a large one a warning; each stands for as long as it keeps others silent", () => {
  for (const [size, wanted] of [
    [6, "watch"],
    [120, "warning"],
  ] as const) {
    const layer = layerOf(["flow"]);
    const at = 10 * rowsADay + 60;
    feed(layer, 0, at, (row) => [usual(row)]);
    const levels = feed(layer, at, at + 2 * noveltySettings.pauseRows, (row) => [row === at ? 20 - size : usual(row)]);
    assert.deepEqual([levels[0], layer.output.level], [wanted, "normal"], `${size} below the night`);
    assert.equal(levels.filter((level) => level !== "normal").length, noveltySettings.pauseRows);
  }
});

test("four registers share one budget: a warning takes twice as much", () => {
  const at = 10 * rowsADay + 60;
  const levelOf = (points: readonly string[], score: number): string => {
    const layer = layerOf(points);
    feed(layer, 0, at, (row) => points.map(() => usual(row)));
    // A width is that of 0.1–99.9 % of the values, some 62 here, and .027 of it is the watch limit; the history is trusted by 1500 / 1700.
    layer.take(at * periodMs, [19 - (score * 0.027 * 62 * 1_700) / 1_500, ...points.slice(1).map(() => usual(at))]);
    assert.ok(Math.abs((layer.output.findings[0]?.score ?? 0) - score) < 0.3, JSON.stringify(layer.output.findings));
    return layer.output.level;
  };
  assert.deepEqual(
    [levelOf(["a"], 6), levelOf(["a", "b", "c", "d"], 6), levelOf(["a", "b", "c", "d"], 9)],
    ["warning", "watch", "warning"],
  );
});

test("a bad value is nothing; rows that come every second are a value a minute", () => {
  const layer = new NoveltyLayer({ points: ["flow", "power"], periodMs: 1_000, learnRows: 200 });
  const gathered = Array.from({ length: 120 }, (_, s) => layer.gather(s * 1_000, [s < 60 ? 1 : 2, Number.NaN])).filter(
    (row) => row !== null,
  );
  assert.deepEqual(
    gathered.map((row) => [...row]),
    [
      [1, Number.NaN],
      [2, Number.NaN],
    ],
  );
  assert.deepEqual([noveltyPeriodMs(1_000), noveltyPeriodMs(300_000)], [60_000, 300_000]);
  for (const atMs of [60_000, 120_000]) layer.take(atMs, [1, Number.NaN]);
  assert.equal(layer.readiness.missing?.startsWith("200 more good rows"), true, "of the register that needs longest");
});

test("from its snapshot it goes on as if there had been no break, an event that stands among it", () => {
  const at = 10 * rowsADay + 60;
  const valuesOf = (row: number): number[] => [row === at ? -50 : usual(row)];
  const whole = feed(layerOf(["flow"]), 0, at + 200, valuesOf);
  const before = layerOf(["flow"]);
  feed(before, 0, at + 30, valuesOf);
  const after = new NoveltyLayer({ points: ["flow"], periodMs, learnRows: 200, snapshot: before.snapshot() });
  assert.deepEqual(feed(after, at + 30, at + 200, valuesOf), whole.slice(at + 30));
});
