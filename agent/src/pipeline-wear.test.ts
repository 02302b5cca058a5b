// Wear of a bearing through the flow of one machine: the summaries of a recorded bearing test snapshot by snapshot, with restarts, against the
// evaluation of the same; then service, and what a ticket shows, on a made-up bearing.
import assert from "node:assert/strict";
import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { imsEvaluation } from "@millwright/models/evaluation/ims-evaluation";
import { readIms } from "@millwright/models/evaluation/read-ims";
import { recordedData } from "@millwright/models/evaluation/recorded-data";
import { folder, levelsOf, machine, openRig, predictions, type Rig, rowAt } from "./test-support/pipeline-rig.ts";

const data = recordedData("ims");
const periodMs = 600_000;
/** No model: what is said comes from the layer alone. */
const source = join(folder(), "no-such-bundle");

function take(rig: Rig, n: number, atMs: number, [load = 0, current = 0, vibration = 0]: readonly number[]): void {
  const values = Float64Array.of(load, current, vibration);
  rig.pipeline.take({ ...rowAt(n, 0), atMonotonicMs: atMs, values, shown: values });
}

test("bearing test 2, from its summaries: the box warns when the evaluation alarms, on every bearing, over restarts", {
  skip: data === null && "no recorded data",
}, async () => {
  const dir = mkdtempSync(join(tmpdir(), "millwright-ims-"));
  copyFileSync(join(data ?? "", "test2_summary.csv"), join(dir, "test2_summary.csv"));
  const evaluation = await imsEvaluation.run({ data: dir, train: null, onProgress: () => undefined });
  const verdicts = [...evaluation.rows];
  const [recorded] = readIms(dir);
  rmSync(dir, { recursive: true });
  assert.ok(recorded !== undefined && recorded.source === "summary");
  const leads: number[] = [];
  for (const { bearing, timesMs, channels } of recorded.bearings) {
    const alarms = verdicts.filter((cells) => cells[1] === bearing).map((cells) => cells[5] === 1);
    const first = alarms.indexOf(true);
    const options = { source, wear: [{ levels: ["load"], bands: [], everyMs: periodMs }], periodMs };
    const box = folder();
    const cuts = [0, 100, 300, first + 1, timesMs.length];
    let rig = await openRig(box, options);
    for (const [i, from] of cuts.slice(0, -1).entries()) {
      if (i > 0) {
        await rig.close();
        rig = await openRig(box, options);
      }
      for (let n = from; n < (cuts[i + 1] as number); n += 1) take(rig, n, timesMs[n] ?? 0, [channels[0]?.[n] ?? Number.NaN]);
      await rig.pipeline.idle();
    }
    const levels = await levelsOf(rig);
    assert.deepEqual([levels.length, levels.indexOf("warning")], [timesMs.length, first], `bearing ${bearing}`);
    assert.ok(
      alarms.every((alarm, n) => !alarm || levels[n] === "warning"),
      `bearing ${bearing}: it stands while the evaluation alarms`,
    );
    leads.push(((timesMs.at(-1) ?? 0) - (timesMs[first] ?? 0)) / 3_600_000);
    await rig.close();
  }
  const [failed = 0, ...others] = leads;
  assert.ok(failed >= 74 && failed <= 80 && others.every((lead) => lead < failed), `hours before the end: ${leads}`);
});

const steady = (n: number): number => 1 + 0.01 * Math.sin(12.9898 * n * n);
const run = async (rig: Rig, from: number, to: number, times = 1): Promise<void> => {
  for (let n = from; n < to; n += 1) take(rig, n, n * periodMs, [times * steady(n), 0.4 * times * steady(n), 0.2 * times * steady(n + 1)]);
  await rig.pipeline.idle();
};

test("a bearing that grows loud is a warning, then critical, with its levels then and now; service begins anew, and so does another sensor", async () => {
  const dir = folder();
  const options = { source, periodMs, wear: [{ levels: ["load"], bands: ["current", "vibration"], everyMs: periodMs }] };
  const rig = await openRig(dir, options);
  await run(rig, 1, 101);
  assert.deepEqual(rig.pipeline.layers.status, [
    { layer: "wear", points: ["load"], readiness: 100 / 150, missing: "50 more snapshots, about 9 hours of running", level: "normal" },
  ]);
  await rig.close();
  const again = await openRig(dir, options);
  await run(again, 101, 200);
  await run(again, 200, 210, 1.3);
  await run(again, 210, 230, 2);
  const told = await predictions(again);
  assert.deepEqual(
    told.map(({ level }) => level).filter((level, n, all) => level !== all[n - 1]),
    ["normal", "warning", "critical"],
  );
  const now = told.at(-1);
  assert.deepEqual([now?.layer, now?.failure_mode, now?.episode !== null], ["wear", "VIB", true]);
  assert.deepEqual(now?.signals.map(({ point }) => point).sort(), ["current", "load", "vibration"]);
  for (const { now: is, baseline, contribution } of now?.signals ?? [])
    assert.ok(is !== null && baseline !== null && is / baseline > 1.8 && contribution > 0.25, JSON.stringify(now?.signals));
  const sentence = again.events.flatMap((event) => (event.event === "level" ? [event.sentence] : [])).at(-1);
  assert.match(
    sentence ?? "",
    /^Its vibration grows: load is [\d.]+, it was 1(\.\d+)?; .* times its wear limit; the middle bands are \d\.?\d* times as strong as in their quietest time\.$/,
  );

  await again.pipeline.command({
    schema: "millwright/command/1",
    machine,
    actor: "Rosa",
    wall_ms: 0,
    id: "1b9d5a0c-8a3f-4a55-9d5e-3d2c1b0a9f8e",
    command: "relearn",
  });
  await run(again, 230, 231, 2);
  assert.deepEqual([again.pipeline.layers.status[0]?.readiness, (await predictions(again)).at(-1)?.level], [1 / 150, "normal"]);
  await again.close();
  const other = await openRig(dir, { ...options, wear: [{ levels: ["current"], bands: [], everyMs: periodMs }] });
  assert.equal(other.pipeline.layers.status[0]?.readiness, 0);
  await other.close();
});

test("while the machine stands still nothing is learned, and the level is held", async () => {
  const running = { uses: [{ name: "current", index: 1 }], evaluate: ({ current = 0 }) => Number(current > 0.1), settleMs: 0, gapMs: 1e9 };
  const rig = await openRig(folder(), { source, periodMs, running, wear: [{ levels: ["load"], bands: [], everyMs: periodMs }] });
  await run(rig, 1, 160);
  await run(rig, 160, 170, 2);
  for (let n = 170; n < 300; n += 1) take(rig, n, n * periodMs, [0.01, 0, 0]);
  await rig.pipeline.idle();
  assert.equal(rig.pipeline.layers.status[0]?.level, "warning");
  await run(rig, 300, 312);
  assert.equal(rig.pipeline.layers.status[0]?.level, "normal", "ten calm snapshots of a machine that runs");
  await rig.close();
});
