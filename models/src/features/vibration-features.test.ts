import assert from "node:assert/strict";
import { test } from "node:test";
import { planVibration, vibrationFeatures } from "./vibration-features.ts";

const plan = planVibration({
  length: 4096,
  rateHz: 20_000,
  bandsHz: [
    [0, 1000],
    [1000, 10_001],
  ],
});

test("a tone on an offset: its RMS, crest, kurtosis, centroid and band", () => {
  const tone = Float64Array.from({ length: 4096 }, (_, i) => 5 + 2 * Math.sin((2 * Math.PI * 64 * i) / 4096));
  const [rms, kurtosis, peak, skewness, crest, , centroid, low, high] = vibrationFeatures(plan, tone) as unknown as number[];
  const expected = [Math.SQRT2, 1.5, 2, 0, Math.SQRT2, 312.5, Math.SQRT2, 0];
  for (const [i, figure] of [rms, kurtosis, peak, skewness, crest, centroid, low, high].entries())
    assert.ok(Math.abs((figure as number) - (expected[i] as number)) < 1e-6, `figure ${i}: ${figure}`);
});

test("the bands together hold the whole of the RMS", () => {
  const samples = Float64Array.from({ length: 4096 }, (_, i) => Math.sin(i * i) + 0.3 * Math.cos(1.7 * i));
  const out = vibrationFeatures(plan, samples);
  assert.ok(Math.abs(Math.hypot(out[7] as number, out[8] as number) - (out[0] as number)) < 1e-9);
});

test("a still sensor has no shape; another length is refused", () => {
  assert.ok(vibrationFeatures(plan, new Float64Array(4096).fill(3)).every((figure) => figure === 0));
  assert.throws(() => vibrationFeatures(plan, new Float64Array(100)), RangeError);
  assert.throws(() => planVibration({ length: 1000, rateHz: 1, bandsHz: [] }), RangeError);
});
