// A real prognosis through the flow of one machine: signed bundle, vetting child, model worker, outbox. Made-up machines that run to failure.
import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { Command } from "@millwright/contract/down-message";
import type { Event } from "@millwright/contract/event";
import type { Prediction } from "@millwright/contract/prediction";
import { livesDrift } from "@millwright/models/evaluation/lives-drift";
import { syntheticWear } from "@millwright/models/evaluation/synthetic-wear";
import { signBundle } from "@millwright/models/onnx/sign-bundle";
import { writeBundle } from "@millwright/models/onnx/write-bundle";
import { forecast, unitFeatures } from "@millwright/models/prognosis/learn-prognosis";
import { smallPrognosis } from "@millwright/models/prognosis/test-support/small-prognosis";
import type { ResolvedBundlePrognosis, ResolvedPrognosis } from "./config/resolved-config.ts";
import type { MachineRow } from "./samples/machine-row.ts";
import { folder, openRig, predictions, type Rig, rowAt, workshop } from "./test-support/pipeline-rig.ts";

const { prognosis, bundle } = smallPrognosis();
const dir = folder();
await writeBundle(dir, bundle);
await signBundle(dir, workshop);
// The rig's machine has load, current and vibration; the third point of the bundle is noise that it hears from the load, too.
const config: ResolvedBundlePrognosis = {
  kind: "bundle",
  dir,
  older: "refuse",
  points: { setting_1: "load", point_1: "current", point_2: "vibration", point_3: "load" },
  horizonsMs: null,
  horizonsCycles: [10, 30],
};
const life = syntheticWear({ units: 1, seed: 12 })[0] ?? [];
const seen = life.map(({ settings, values }) => ({ settings, values: [values[0] ?? 0, values[1] ?? 0, settings[0] ?? 0] }));

const rowOf = (cycle: number, values = seen[cycle]): MachineRow => {
  const row = rowAt(2 * cycle, 0);
  const [current = 0, vibration = 0, load = 0] = values?.values ?? [];
  const all = Float64Array.of(load, current, vibration);
  return { ...row, values: all, shown: all };
};

async function live(rig: Rig, from: number, to: number): Promise<void> {
  for (let cycle = from; cycle < to; cycle += 1) rig.pipeline.take(rowOf(cycle));
  await rig.pipeline.idle();
}

const isOpen = async (rig: Rig, times = 1): Promise<void> => {
  while (rig.events.filter(({ event }) => event === "prognosis").length < times) await sleep(10);
};

test("remaining life and P(fail) of a wearing machine: as trained, in predictions and state, over a restart", async () => {
  const data = folder();
  const rig = await openRig(data, { prognosis: config });
  await isOpen(rig);
  await live(rig, 0, 40);
  await rig.close();
  const again = await openRig(data, { prognosis: config });
  assert.equal(again.pipeline.forecast?.remaining_life.status, "available", "the last one is known before the next cycle");
  await isOpen(again);
  await live(again, 40, seen.length);
  const now = again.pipeline.forecast;
  assert.ok(now !== null && now.remaining_life.status === "available" && now.p_fail.status === "available");
  const expected = forecast(prognosis, unitFeatures(seen, prognosis.features).at(-1) ?? new Float32Array());
  assert.ok(Math.abs(now.remaining_life.middle - expected.life) < 1e-3, `${now.remaining_life.middle} instead of ${expected.life}`);
  assert.ok(now.remaining_life.middle < 25 && now.remaining_life.low <= now.remaining_life.middle);
  assert.deepEqual(now.remaining_life.model, { id: "small", hash: bundle.manifest.model_sha256 });
  const [ten, thirty] = [10, 30].map((cycles) =>
    now.p_fail.status === "available"
      ? now.p_fail.horizons.find((one) => "within_cycles" in one && one.within_cycles === cycles)
      : undefined,
  );
  assert.ok(thirty?.calibration === "calibrated" && thirty.p > 0.5, JSON.stringify(now));
  assert.ok(Math.abs(thirty.p - (expected.fails[0] ?? 0)) < 1e-4);
  assert.ok(ten?.calibration === "interpolated" && ten.p <= thirty.p);
  const told = (await predictions(again)).map(({ remaining_life }) => remaining_life).filter(({ status }) => status === "available");
  assert.ok(told.length >= 2, `${told.length} predictions with a remaining life`);
  await again.close();
});

test("what is heard while the bundle is vetted counts once it is open", async () => {
  const rig = await openRig(folder(), { prognosis: config });
  await live(rig, 0, 20);
  await isOpen(rig);
  await live(rig, 20, seen.length);
  const life = rig.pipeline.forecast?.remaining_life;
  const expected = forecast(prognosis, unitFeatures(seen, prognosis.features).at(-1) ?? new Float32Array());
  assert.ok(
    life?.status === "available" && Math.abs(life.middle - expected.life) < 1e-3,
    `${JSON.stringify(life)} instead of ${expected.life}`,
  );
  await rig.close();
});

test("no figure for an operating condition that was not learned; the prediction says why", async () => {
  const rig = await openRig(folder(), { prognosis: config });
  await isOpen(rig);
  await live(rig, 0, 35);
  for (let cycle = 35; cycle < 70; cycle += 1) rig.pipeline.take(rowOf(cycle, strange));
  await rig.pipeline.idle();
  const told: Prediction | undefined = (await predictions(rig)).at(-1);
  assert.ok(told?.remaining_life.status === "unavailable" && told.remaining_life.reason === "unknown_condition");
  assert.equal(told.p_fail.status, "unavailable");
  assert.match(told.remaining_life.detail ?? "", /setting_1 is 5/);
  await rig.close();
});

const strange = { settings: [5], values: [5, 50, 5] };

async function nightly(rig: Rig): Promise<Event[]> {
  await rig.pipeline.reportModel();
  const batch = await rig.outbox.nextBatch({ lane: "event", afterSeq: 0, maxRecords: 500, maxBytes: 1e6 });
  return batch.map(({ json }) => JSON.parse(json) as Event).filter(({ event }) => event === "model_report");
}

test("the nightly report says whether the machine is like those the prognosis learned from, as `drift` does of the same cycles; over a restart", async () => {
  const data = folder();
  const rig = await openRig(data, { prognosis: config });
  await isOpen(rig);
  await live(rig, 0, 40);
  assert.deepEqual(
    (await nightly(rig)).map(({ model_causes: causes, figures }) => [causes, figures?.["cycles"]]),
    [[[], 40]],
  );
  await live(rig, 40, 45);
  await rig.close();
  const again = await openRig(data, { prognosis: config });
  await isOpen(again);
  await live(again, 45, 60);
  for (let cycle = 60; cycle < 80; cycle += 1) again.pipeline.take(rowOf(cycle, strange));
  await again.pipeline.idle();
  const [, second] = await nightly(again);
  assert.deepEqual([second?.severity, second?.model_causes], ["warning", ["drift"]]);
  assert.match(
    second?.text ?? "",
    /^Prognosis small: 50 % of the 40 cycles run in no operating condition that was learned\. .*trained on machines like this one/,
  );
  assert.equal(again.pipeline.report?.text, second?.text);

  const all = [...seen.slice(0, 60), ...Array.from({ length: 20 }, () => strange)];
  const points = ["setting_1", "point_1", "point_2", "point_3"].map((name) => ({ name, unit: "" }));
  const rows = all.map(({ settings, values }, n) => ({ atMs: n, values: Float64Array.of(...settings, ...values) }));
  const whole = livesDrift(bundle.manifest, [{ unit: null, firstRow: 0, points, rows, remaining: null }]);
  const count = (kind: string): number => whole.signals.filter(({ verdict }) => verdict === kind).length;
  const { drifted, moving, too_few_rows } = second?.figures ?? {};
  assert.deepEqual([drifted, moving, too_few_rows], [1 + count("drifted"), count("moving"), count("too_few_rows")]);
  assert.equal(whole.cycles, 80);

  await again.pipeline.command({ command: "relearn", actor: "a test", id: "1" } as Command);
  await isOpen(again, 2);
  for (let cycle = 80; cycle < 85; cycle += 1) again.pipeline.take(rowOf(cycle, seen[cycle - 80]));
  await again.pipeline.idle();
  const [, , third] = await nightly(again);
  assert.deepEqual([third?.model_causes, third?.figures?.["cycles"]], [[], 5], "its life has begun anew");
  await again.close();
});

test("a bundle for other points, a detector's, or wrong horizons: refused with what to do, and the machine is watched all the same", async () => {
  const wrong = [
    { ...config, points: {} },
    { ...config, horizonsMs: [86_400_000], horizonsCycles: null },
  ];
  const reasons = [/needs setting_1, point_1, point_2, .*prognosis: points:/, /counts cycles: give horizons_cycles/];
  for (const [n, one] of wrong.entries()) {
    const rig = await openRig(folder(), { prognosis: one });
    await isOpen(rig);
    await live(rig, 0, 3);
    const text = rig.events.find(({ event }) => event === "prognosis");
    assert.match(text !== undefined && "text" in text ? text.text : "", reasons[n] as RegExp);
    const told = (await predictions(rig))[0];
    assert.ok(told?.remaining_life.status === "unavailable" && told.remaining_life.reason === "model_refused");
    const batch = await rig.outbox.nextBatch({ lane: "event", afterSeq: 0, maxRecords: 50, maxBytes: 1e6 });
    assert.ok(batch.some(({ json }) => (JSON.parse(json) as Event).event === "model_refused"));
    await rig.close();
  }
});

test("a machine without a bundle: its own wear towards a limit, uncalibrated, in running time; over a restart", async () => {
  const wear: ResolvedPrognosis = { kind: "wear", of: "vibration", limit: 20, horizonsMs: [1_800_000, 86_400_000] };
  const data = folder();
  const rise = (n: number): number => 3 * Math.exp(n / 500) - 3;
  const run = async (rig: Rig, from: number, to: number): Promise<void> => {
    for (let n = from; n < to; n += 1) rig.pipeline.take(rowAt(n, rise(n)));
    await rig.pipeline.idle();
  };
  const rig = await openRig(data, { prognosis: wear });
  await run(rig, 1, 30);
  const early = rig.pipeline.forecast?.remaining_life;
  assert.ok(early?.status === "unavailable" && early.reason === "warming_up");
  await run(rig, 30, 350);
  await rig.close();
  const again = await openRig(data, { prognosis: wear });
  await run(again, 350, 700);
  const told = again.pipeline.forecast;
  assert.ok(told?.remaining_life.status === "available" && told.p_fail.status === "available", JSON.stringify(told));
  // 2 + 0.1 × load is about 3, so it all is about 3 e^(n / 500), and 20 at n = 949.
  const { unit, basis, calibration, low, high } = told.remaining_life;
  assert.deepEqual([unit, basis, calibration], ["ms", "health_index", "uncalibrated"]);
  assert.ok(low < 250_000 && high > 250_000, `${low} to ${high} ms; the truth is about 250,000`);
  assert.ok(told.p_fail.horizons.every((one) => one.calibration === "uncalibrated"));
  await again.close();
});
