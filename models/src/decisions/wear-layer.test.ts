import assert from "node:assert/strict";
import { test } from "node:test";
import { seededRandom } from "../features/seeded-random.ts";
import { WearLayer, type WearRule, type WearSensorState } from "./wear-layer.ts";

const everyMs = 600_000;
const names = ["other", "rms", "hf_rms", "band_2", "band_3"];
const rule: WearRule = { levels: ["rms", "hf_rms"], bands: ["band_2", "band_3"], everyMs };
const random = seededRandom(22);
const noisy = (level: number): number => level * (1 + 0.02 * (random() - 0.5));
const rowOf = (level: number): number[] => [7, noisy(level), noisy(2 * level), noisy(0.3 * level), noisy(0.2 * level)];
const layerOf = (states?: readonly WearSensorState[]): WearLayer => new WearLayer({ rules: [rule], names, periodMs: everyMs, states });

/** @returns the level after each snapshot */
function feed(layer: WearLayer, from: number, levels: readonly number[], isHealthy = true): string[] {
  return levels.map((level, i) => {
    assert.equal(layer.push({ atMs: (from + i) * everyMs, values: rowOf(level), isHealthy }), isHealthy);
    return layer.output.level;
  });
}
const steady = (n: number): number[] => Array.from({ length: n }, () => 1);

test("150 snapshots are learned; then growth is a warning, critical once its middle bands are 1.6 times as strong; it ends after ten calm ones", () => {
  const layer = layerOf();
  feed(layer, 0, steady(149));
  assert.deepEqual(layer.readiness, { fraction: 149 / 150, missing: "1 more snapshots, about 10 minutes of running" });
  feed(layer, 149, steady(20));
  assert.deepEqual(
    [layer.readiness, layer.output],
    [
      { fraction: 1, missing: null },
      { level: "normal", findings: [] },
    ],
  );
  const grown = feed(layer, 169, [...Array.from({ length: 10 }, () => 1.3), ...Array.from({ length: 10 }, () => 2)]);
  assert.deepEqual(
    [grown[2], grown[5], grown.at(-1)],
    ["normal", "warning", "critical"],
    "three snapshots of a median of three, and a median of seven",
  );
  const [finding] = layer.output.findings;
  assert.deepEqual(
    finding?.points.map(({ point }) => point),
    ["rms", "hf_rms", "band_2", "band_3"],
  );
  assert.ok(finding !== undefined && finding.score > 1 && (finding.growth ?? 0) > 1.6, JSON.stringify(finding));
  for (const { now, baseline } of finding.points) assert.ok(now / baseline > 1.7 && now / baseline < 2.1, `${now} beside ${baseline}`);
  const calm = feed(layer, 189, steady(20));
  assert.deepEqual([calm[9], calm.at(-1)], ["critical", "normal"]);
});

test("middle bands alone are no alarm, and without bands nothing is critical", () => {
  const stageAlone = layerOf();
  feed(stageAlone, 0, steady(160));
  for (let n = 160; n < 200; n += 1) {
    const [other = 0, rms = 0, hf = 0, b2 = 0, b3 = 0] = rowOf(1);
    stageAlone.push({ atMs: n * everyMs, values: [other, rms, hf, 3 * b2, 3 * b3], isHealthy: true });
  }
  assert.equal(stageAlone.output.level, "normal");
  const chartAlone = new WearLayer({ rules: [{ ...rule, bands: [] }], names, periodMs: everyMs });
  feed(chartAlone, 0, [...steady(160), ...Array.from({ length: 40 }, () => 5)]);
  assert.equal(chartAlone.output.level, "warning");
});

test("what alarms elsewhere is not learned; a bad snapshot is passed over", () => {
  const layer = layerOf();
  feed(layer, 0, steady(100), false);
  assert.equal(layer.readiness.fraction, 0);
  layer.push({ atMs: 100 * everyMs, values: [7, Number.NaN, 1, 1, 1], isHealthy: true });
  assert.equal(layer.readiness.fraction, 0);
});

test("its state, through JSON, goes on as if there had been no break", () => {
  const levels = [...steady(160), ...Array.from({ length: 30 }, () => 2), ...steady(30)];
  const rows = levels.map(rowOf);
  const judge = (layer: WearLayer, from: number, to: number): string[] =>
    rows.slice(from, to).map((values, i) => {
      layer.push({ atMs: (from + i) * everyMs, values, isHealthy: true });
      return layer.output.level;
    });
  const whole = judge(layerOf(), 0, rows.length);
  assert.ok(whole.includes("critical") && whole.at(-1) === "normal");
  for (const brokenAt of [1, 149, 150, 162, 170, 195]) {
    const before = layerOf();
    judge(before, 0, brokenAt);
    const after = layerOf(JSON.parse(JSON.stringify(before.states)) as WearSensorState[]);
    assert.deepEqual(judge(after, brokenAt, rows.length), whole.slice(brokenAt), `broken at ${brokenAt}`);
  }
});
