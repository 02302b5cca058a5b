// The stream of a prognosis: the features of training, cycle by cycle; and no forecast where it runs as it never did, or signals are missing.
import assert from "node:assert/strict";
import { test } from "node:test";
import { parsePrognosisManifest } from "@millwright/contract/prognosis-manifest";
import { syntheticWear } from "../evaluation/synthetic-wear.ts";
import { prognosisSettings } from "../settings.ts";
import { unitFeatures } from "./learn-prognosis.ts";
import { PrognosisStream, strangeCycleFeatures } from "./prognosis-stream.ts";
import { smallPrognosis } from "./test-support/small-prognosis.ts";

const { prognosis, bundle } = smallPrognosis();
const { manifest } = bundle;
const rows = syntheticWear({ units: 1, seed: 9 })[0] ?? [];
const bad = [Number.NaN, Number.NaN, Number.NaN];
const why = (end: ReturnType<PrognosisStream["push"]>) => (end === null || end.features !== null ? null : end.reason);

test("the features are those of training, also over a restart", () => {
  const expected = unitFeatures(rows, prognosis.features);
  let stream = new PrognosisStream({ manifest, periodMs: 1_000 });
  for (const [n, row] of rows.entries()) {
    assert.deepEqual(stream.push(row)?.features, expected[n]);
    if (n === 30) stream = new PrognosisStream({ manifest, periodMs: 1_000, snapshot: JSON.parse(JSON.stringify(stream.state)) });
  }
});

test("a bundle of version 1, whose indices have common weights for all conditions, has its own features", () => {
  const indices = prognosis.features.indices.slice(0, prognosisSettings.indexCaps.length);
  const expected = unitFeatures(rows, { ...prognosis.features, indices });
  const columns = expected[0]?.length as number;
  const features = { ...manifest.features, version: 1, indices: indices.map((weights) => [...weights]), columns };
  const parsed = parsePrognosisManifest({ ...manifest, features });
  assert.ok(parsed.ok);
  assert.equal(strangeCycleFeatures(parsed.manifest), null);
  const stream = new PrognosisStream({ manifest: parsed.manifest, periodMs: 1_000 });
  for (const [n, row] of rows.entries()) assert.deepEqual(stream.push(row)?.features, expected[n]);
});

test("a cycle that is a stretch of time is the mean of its rows", () => {
  const hourly = { ...manifest, features: { ...manifest.features, cycle_ms: 4_000 } };
  const stream = new PrognosisStream({ manifest: hourly, periodMs: 1_000 });
  const ends = [0, 1, 2, 3].map(() => stream.push(rows[0] as (typeof rows)[number]));
  assert.deepEqual(ends.slice(0, 3), [null, null, null]);
  assert.equal(ends[3]?.cycle, 1);
  assert.ok(ends[3]?.features?.every((x, n) => Math.abs(x - (unitFeatures(rows.slice(0, 1), prognosis.features)[0]?.[n] ?? 9)) < 1e-5));
});

test("an operating condition that was not learned has no forecast, and says which", () => {
  const stream = new PrognosisStream({ manifest, periodMs: 1_000 });
  for (const row of rows.slice(0, 20)) assert.equal(why(stream.push(row)), null);
  const end = stream.push({ ...(rows[20] as (typeof rows)[number]), settings: [5] });
  assert.ok(end?.features === null && end.reason === "unknown_condition");
  assert.match(end.detail, /setting_1 is 5/);
  assert.equal(why(stream.push({ ...(rows[20] as (typeof rows)[number]), settings: [Number.NaN] })), "missing_signals");
});

test("a short gap is bridged; a longer one, or more than a tenth of bad values, ends the forecast until it is over", () => {
  const stream = new PrognosisStream({ manifest, periodMs: 1_000 });
  const at = (n: number, values?: readonly number[]) =>
    stream.push({ ...(rows[n] as (typeof rows)[number]), ...(values ? { values } : {}) });
  for (let n = 0; n < 35; n += 1) assert.equal(why(at(n)), null);
  assert.equal(why(at(35, bad)), null);
  assert.equal(why(at(36, bad)), null);
  assert.equal(why(at(37, bad)), null);
  assert.equal(why(at(38, bad)), "missing_signals");
  assert.equal(why(at(39)), "too_few_good_points");
  for (let n = 40; n < 69; n += 1) at(n % rows.length);
  assert.equal(why(at(5)), null);
});

test("features of another version are named", () => {
  assert.equal(strangeCycleFeatures(manifest), null);
  assert.match(
    strangeCycleFeatures({ ...manifest, features: { ...manifest.features, windows_cycles: [5, 15] } }) ?? "",
    /windows_cycles is 5,15 instead of 10,/,
  );
});
