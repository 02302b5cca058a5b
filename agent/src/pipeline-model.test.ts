// The flow of one machine whose model is a guest, is reported on, or may not judge: stopped, settling, too many bad values. Seeded rows.
import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { Event } from "@millwright/contract/event";
import type { RunningRule } from "./samples/running-gate.ts";
import { feed, folder, openRig, predictions, type Rig, rowAt } from "./test-support/pipeline-rig.ts";
import { writeGiven } from "./test-support/write-given.ts";

test("a graph from elsewhere, signed by a trusted key, watches the machine: it sees the features it names, and its signals are explained", async () => {
  const dir = folder();
  await writeGiven(dir);

  const rig = await openRig(folder(), { source: dir });
  await feed(rig, 1, 2);
  while (rig.pipeline.status.phase !== "scoring") await sleep(10);
  await feed(rig, 2, 60);
  await feed(rig, 60, 160, 4);
  const told = await predictions(rig);
  assert.deepEqual(told[0]?.score, { status: "unavailable", reason: "warming_up" });
  const warning = told.find(({ level }) => level === "warning" || level === "critical");
  assert.deepEqual(
    [warning?.lineage.model_id, warning?.signals[0]?.point, warning?.signals[0]?.baseline],
    ["from-elsewhere", "vibration", 3],
  );
  await rig.close();
});

test("the nightly report is an event, is remembered over a restart, and counts every row once", async () => {
  const dataDir = folder();
  const rig = await openRig(dataDir);
  await rig.pipeline.reportModel();
  assert.equal(rig.pipeline.report, null, "there is nothing to report while it learns");
  await feed(rig, 1, 700);
  await rig.close();
  const again = await openRig(dataDir);
  await feed(again, 700, 1_000);
  await again.pipeline.reportModel();
  await again.pipeline.reportModel();
  const batch = await again.outbox.nextBatch({ lane: "event", afterSeq: 0, maxRecords: 500, maxBytes: 1e6 });
  const reports = batch.map(({ json }) => JSON.parse(json) as Event).filter(({ event }) => event === "model_report");
  assert.equal(reports.length, 1, "no row came between the two");
  assert.ok((reports[0]?.figures?.["rows"] ?? 0) > 560, `${reports[0]?.figures?.["rows"]} of the 599 rows after learning`);
  await again.close();
  const last = await openRig(dataDir, { modelOldAfterMs: 86_400_000 });
  assert.equal(last.pipeline.report?.text, reports[0]?.text);
  assert.deepEqual(reports[0]?.model_causes?.includes("age"), false, "without a limit no age is too old");
  await feed(last, 1_000, 1_010);
  await last.pipeline.reportModel();
  assert.deepEqual(last.pipeline.report?.causes.includes("age"), true);
  await last.close();
});

// Runs while its load is above 5; standing still it shows nearly nothing.
const runsWithLoad: RunningRule = {
  uses: [{ name: "load", index: 0 }],
  evaluate: ({ load = 0 }) => Number(load > 5),
  settleMs: 20_000,
  gapMs: 20_000,
};

async function feedAs(rig: Rig, [from, to]: readonly [number, number], valuesOf: (n: number) => Float64Array): Promise<void> {
  for (let n = from; n < to; n++) {
    const values = valuesOf(n);
    rig.pipeline.take({ ...rowAt(n, 0), values, shown: values });
  }
  await rig.pipeline.idle();
}

const still = (): Float64Array => Float64Array.of(0.1, 0, 0.2);

test("a machine that stands still is not judged and not learned; its rows and its limits go on, and after a start it settles first", async () => {
  const rig = await openRig(folder(), { running: runsWithLoad });
  const { pipeline } = rig;
  await feed(rig, 1, 321);
  assert.equal(pipeline.status.readiness, 0.75, "300 of 320 rows: the first 20 settle");
  await feedAs(rig, [321, 421], still);
  assert.deepEqual([pipeline.status.readiness, pipeline.latest?.score], [0.75, "not_running"]);
  assert.match(pipeline.status.missing ?? "", /^100 more healthy rows, .* \(the machine is not running\)$/);
  await feed(rig, 421, 541);
  assert.equal(pipeline.status.phase, "scoring");
  await feed(rig, 541, 600);
  assert.equal(typeof pipeline.latest?.score, "number");

  await feedAs(rig, [600, 700], still);
  assert.deepEqual([pipeline.latest?.score, pipeline.latest?.level], ["not_running", "normal"]);
  await feedAs(rig, [700, 710], () => Float64Array.of(0.1, 0, 30));
  assert.deepEqual([pipeline.latest?.score, pipeline.latest?.level], ["not_running", "warning"]);
  await feedAs(rig, [710, 720], still);
  await feed(rig, 720, 740);
  assert.equal(pipeline.latest?.score, "warming_up");
  await feed(rig, 740, 800);
  assert.deepEqual([typeof pipeline.latest?.score, pipeline.latest?.level], ["number", "normal"]);
  await feedAs(rig, [800, 805], (n) => rowAt(n, 0).values.fill(Number.NaN, 0, 1));
  assert.equal(pipeline.latest?.score, "too_few_good_points");
  assert.ok((await predictions(rig)).every(({ level, layer }) => level === "normal" || layer === "limits"));
  const batch = await rig.outbox.nextBatch({ lane: "telemetry", afterSeq: 0, maxRecords: 1_000, maxBytes: 1e7 });
  assert.equal(batch.length, 804);
  await rig.close();
});

test("an alarm is held while the machine stands still, and a restart of the agent does not settle it anew", async () => {
  const dir = folder();
  const rig = await openRig(dir, { running: runsWithLoad });
  await feed(rig, 1, 450);
  await feed(rig, 450, 560, 2);
  const { level } = rig.pipeline.latest ?? {};
  assert.ok(level === "warning" || level === "critical");
  await rig.close();
  const again = await openRig(dir, { running: runsWithLoad });
  await feed(again, 560, 561, 2);
  assert.deepEqual([typeof again.pipeline.latest?.score, again.pipeline.latest?.level], ["number", level]);
  await feedAs(again, [561, 660], still);
  assert.deepEqual([again.pipeline.latest?.score, again.pipeline.latest?.level], ["not_running", level]);
  assert.equal(new Set((await predictions(again)).flatMap(({ episode }) => episode ?? [])).size, 1);
  await again.close();
});

test("the same standstill is an alarm where nothing says when the machine runs", async () => {
  const rig = await openRig(folder());
  await feed(rig, 1, 450);
  await feedAs(rig, [450, 460], still);
  assert.equal(rig.pipeline.latest?.level, "watch");
  await rig.close();
});

test("live rows of which too many values are bad are refused with their reason, and are judged again when these are out of sight", async () => {
  const rig = await openRig(folder());
  await feed(rig, 1, 450);
  await feedAs(rig, [450, 510], (n) => (n % 6 === 0 ? rowAt(n, 0).values.fill(Number.NaN) : rowAt(n, 0).values));
  assert.equal(rig.pipeline.latest?.score, "too_few_good_points");
  await feed(rig, 510, 550);
  assert.equal(typeof rig.pipeline.latest?.score, "number");
  await rig.close();
});
