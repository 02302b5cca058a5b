// The flow of one machine with its real parts: outbox on disk, model worker with onnxruntime, bundles in a folder. Seeded rows.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { Event } from "@millwright/contract/event";
import { ModelImport } from "@millwright/contract/model-import";
import type { Prediction } from "@millwright/contract/prediction";
import { createClock } from "@millwright/kit/clock";
import { GraphBuilder } from "@millwright/models/onnx/graph-builder";
import { importBundle } from "@millwright/models/onnx/import-bundle";
import { importedSchema } from "@millwright/models/onnx/imported-manifest";
import { signBundle } from "@millwright/models/onnx/sign-bundle";
import { newSigningKey, parseSigningKey } from "@millwright/models/onnx/signing-key";
import { writeBundle } from "@millwright/models/onnx/write-bundle";
import * as v from "valibot";
import { openAgentState } from "./baselines/agent-state.ts";
import { baselineFolder } from "./baselines/baseline-folder.ts";
import type { MachineState } from "./baselines/machine-state.ts";
import type { RunEvent } from "./events.ts";
import { startModelRunner } from "./inference/model-runner.ts";
import { modelLife } from "./model-life.ts";
import { openOutbox } from "./outbox/open-outbox.ts";
import { openPipeline } from "./pipeline.ts";
import type { MachineRow } from "./samples/machine-row.ts";
import type { RunningRule } from "./samples/running-gate.ts";

const machine = { site: "test", name: "M-1" };
const key = "test/M-1";
const points = ["load", "current", "vibration"].map((name) => ({ name, unit: "1", role: "measurement" as const }));
const clock = createClock();
const workshop = parseSigningKey(newSigningKey(), "workshop");
const boxKey = parseSigningKey(newSigningKey(), "test");
const nothing = async (): Promise<void> => {};
const vetted = { has: () => false, add: nothing, deaths: () => 0, opening: nothing, outlived: nothing };
const models = startModelRunner({
  boxKey,
  trustedKeys: new Map([[workshop.publicKey, "workshop"]]),
  vetted,
});
const open = new Set<() => Promise<void>>();
after(async () => {
  await Promise.all([...open].map((close) => close()));
  await models.close();
});

type Rig = Awaited<ReturnType<typeof openRig>>;

async function openRig(dataDir: string, source = "auto", running: RunningRule | null = null) {
  const events: RunEvent[] = [];
  const agentState = await openAgentState({
    file: join(dataDir, "agent-state.json"),
    tenant: "default",
    agent: "a",
    wallMs: clock.wallMs(),
  });
  const outbox = await openOutbox({ file: join(dataDir, "outbox.db"), tenant: "default", agent: "a", clock, maxBytes: 1e9, keepMs: 1e9 });
  const measured = points.map(({ name, unit }) => ({ name, unit }));
  const life = modelLife({
    machine,
    key,
    machineClass: "motor",
    source,
    points: measured,
    periodMs: 1_000,
    dataDir,
    models,
    agentState,
  });
  const rules = [{ point: "vibration", warnHigh: 20 }];
  const pipeline = await openPipeline({
    machine,
    key,
    points,
    rules,
    running,
    periodMs: 1_000,
    wantedRows: 400,
    learns: source === "auto",
    configRevision: "r",
    life,
    outbox,
    clock,
    say: (event) => events.push(event),
    onStatus: () => {},
  });
  const close = async (): Promise<void> => {
    if (!open.delete(close)) return;
    await pipeline.idle();
    await outbox.close();
  };
  open.add(close);
  return { pipeline, outbox, events, close };
}

// One row a second; the same n gives the same row, so that a restart can go on where it was.
function rowAt(n: number, fault: number): MachineRow {
  const noise = (k: number): number => (Math.sin(n * 12.9898 + k * 78.233) * 43758.5453) % 1;
  const load = 10 + 2 * Math.sin(n / 40) + 0.2 * noise(1);
  const values = Float64Array.of(load, 1.2 * load + 0.2 * noise(2), 2 + 0.1 * load + 0.15 * noise(3) + fault);
  return {
    machine,
    bootId: clock.bootId,
    atMonotonicMs: 1_000 * n,
    atWallMs: 1_767_225_600_000 + 1_000 * n,
    clock: "trusted",
    update: n,
    values,
    shown: values,
    reasons: [null, null, null],
  };
}

async function feed(rig: Rig, from: number, to: number, fault = 0): Promise<void> {
  for (let n = from; n < to; n++) rig.pipeline.take(rowAt(n, fault));
  await rig.pipeline.idle();
}

async function predictions(rig: Rig): Promise<Prediction[]> {
  const batch = await rig.outbox.nextBatch({ lane: "prediction", afterSeq: 0, maxRecords: 500, maxBytes: 1e6 });
  return batch.map(({ json }) => JSON.parse(json) as Prediction);
}

const folder = (): string => mkdtempSync(join(tmpdir(), "millwright-pipeline-"));

test("learns by itself, stays calm on healthy rows, and says watch, then warning, with the guilty signal first", async () => {
  const rig = await openRig(folder());
  await feed(rig, 1, 700);
  assert.ok(rig.events.some(({ event }) => event === "scoring"));
  assert.deepEqual([...new Set((await predictions(rig)).map(({ level }) => level))], ["normal"]);

  await feed(rig, 700, 900, 2);
  const raised = (await predictions(rig)).filter(({ level }) => level !== "normal");
  assert.equal(raised[0]?.level, "watch");
  const warning = raised.find(({ level }) => level === "warning" || level === "critical");
  assert.equal(warning?.signals[0]?.point, "vibration");
  assert.equal(new Set(raised.map(({ episode }) => episode)).size, 1);
  assert.deepEqual(
    [warning?.failure_mode, warning?.layer, warning?.p_fail.status, warning?.lineage.baseline_generation],
    ["UNK", "baseline", "unavailable", 1],
  );
  await rig.close();
});

test("after restarts, while learning and while ailing, every prediction is the same as without; no row counts twice, the fault is not learned", async () => {
  const fault = (n: number): number => (n < 500 ? 0 : 2);
  const whole = await openRig(folder());
  for (let n = 1; n < 760; n++) whole.pipeline.take(rowAt(n, fault(n)));
  await whole.pipeline.idle();

  const dir = folder();
  for (const [from, to] of [
    [1, 250],
    [250, 380],
    [380, 530],
    [530, 760],
  ] as const) {
    const rig = await openRig(dir);
    if (from > 1) rig.pipeline.take(rowAt(from - 1, fault(from - 1)));
    for (let n = from; n < to; n++) rig.pipeline.take(rowAt(n, fault(n)));
    await rig.close();
    assert.equal(rig.pipeline.rows, to - from);
  }
  const pieces = await openRig(dir);
  const essence = (all: Prediction[]) =>
    all.map(({ level, score, time, signals, episode }) => ({
      level,
      score,
      at: time.monotonic_ms,
      signals,
      episode: episode?.split("-")[1],
    }));
  const expected = essence(await predictions(whole));
  assert.ok(expected.some(({ level }) => level === "warning" || level === "critical"));
  assert.deepEqual(essence(await predictions(pieces)), expected);
  await Promise.all([whole.close(), pieces.close()]);
});

test("a broken model file is refused: predictions are unavailable, and a limit still raises its own, labelled alarm", async () => {
  const dir = folder();
  const healthy = await openRig(dir);
  await feed(healthy, 1, 450);
  await healthy.close();
  const file = join(baselineFolder(dir, machine, 1), "model.onnx");
  const bytes = readFileSync(file);
  bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 0x40;
  writeFileSync(file, bytes);

  const rig = await openRig(dir);
  assert.equal(rig.pipeline.status.phase, "unavailable");
  await feed(rig, 450, 600);
  await feed(rig, 600, 620, 30);
  const told = await predictions(rig);
  const last = told.at(-1);
  assert.deepEqual([last?.level, last?.layer, last?.score], ["warning", "limits", { status: "unavailable", reason: "model_refused" }]);
  assert.equal(last?.signals[0]?.point, "vibration");
  assert.ok(rig.events.some(({ event }) => event === "model_refused"));
  await rig.close();
});

test("a lost state file loses no baseline; a machine that had a given bundle begins to learn when it is told to", async () => {
  const dir = folder();
  const learned = await openRig(dir);
  await feed(learned, 1, 450);
  await learned.close();
  for (const name of ["agent-state.json", "agent-state.json.previous"]) rmSync(join(dir, name));
  const again = await openRig(dir);
  assert.deepEqual([again.pipeline.status.phase, again.events.at(-1)], ["scoring", { event: "scoring", machine: "M-1", generation: 1 }]);
  await again.close();

  const other = folder();
  const given = await openRig(other, baselineFolder(dir, machine, 1));
  while (given.pipeline.status.phase !== "scoring") await sleep(10);
  await feed(given, 450, 460);
  await given.close();
  const auto = await openRig(other);
  assert.equal(auto.pipeline.status.phase, "learning");
  await feed(auto, 460, 900);
  assert.equal(auto.pipeline.status.phase, "scoring");
  await auto.close();
});

test("rows that come faster than they can be worked on are given up, oldest first, and told", async () => {
  const rig = await openRig(folder());
  for (let n = 1; n <= 5_010; n++) rig.pipeline.take(rowAt(n <= 10 ? n : 11, 0));
  await rig.pipeline.idle();
  assert.equal(rig.pipeline.rows, 1);
  assert.match(JSON.stringify(rig.events), /M-1: 10 rows came faster/);
  await rig.close();
});

const nothingFound = {
  schema: "millwright/command/1",
  id: "0b9d5a0c-8a3f-4a55-9d5e-3d2c1b0a9f8e",
  command: "verdict",
  machine,
  ticket: "T-1",
  verdict: "nothing",
  failure_mode: "UNK",
  actor: "Rosa",
  wall_ms: 0,
} as const;

test("a verdict ends the episode; the command is noted as done in the same commit", async () => {
  const rig = await openRig(folder());
  await feed(rig, 1, 450);
  await feed(rig, 450, 600, 2);
  const open = (await predictions(rig)).at(-1);
  assert.notEqual(open?.episode ?? null, null);
  await rig.pipeline.command({ ...nothingFound, episode: String(open?.episode) });
  assert.equal(await rig.outbox.isCommandDone(nothingFound.id), true);
  await feed(rig, 600, 720, 2);
  assert.equal((await predictions(rig)).at(-1)?.level, "normal", "the same again is no new episode");
  await feed(rig, 720, 900, 8);
  const again = (await predictions(rig)).at(-1);
  assert.notEqual(again?.level, "normal");
  assert.notEqual(again?.episode, open?.episode);
  await rig.close();
});

test('what a technician answered with "found it" opens nothing again, and the machine is shown as it is until it is well', async () => {
  const rig = await openRig(folder());
  await feed(rig, 1, 450);
  await feed(rig, 450, 600, 4);
  const episode = String((await predictions(rig)).at(-1)?.episode);
  await rig.pipeline.command({ ...nothingFound, episode, verdict: "found", failure_mode: "VIB" });
  await feed(rig, 600, 640, 4);
  const answered = (await predictions(rig)).at(-1);
  assert.notEqual(answered?.level, "normal");
  assert.equal(answered?.episode, null);
  await feed(rig, 640, 760);
  const well = (await predictions(rig)).at(-1);
  assert.deepEqual([well?.level, well?.episode], ["normal", null]);
  await rig.close();
});

test('a verdict "nothing" moves the normal only while the alarm still stands', async () => {
  for (const [state, calmRows, isMoved] of [
    ["standing", 0, true],
    ["gone", 60, false],
  ] as const) {
    const rig = await openRig(folder());
    await feed(rig, 1, 450);
    await feed(rig, 450, 600, 2);
    const { episode } = (await predictions(rig)).at(-1) ?? {};
    await feed(rig, 600, 600 + calmRows);
    await rig.pipeline.command({ ...nothingFound, episode: String(episode) });
    const stream = JSON.parse((await rig.outbox.machineState(`${key}#stream`)) ?? "null") as MachineState["stream"];
    const offsets = stream?.snapshot.points.map(({ offset }) => offset) ?? [];
    assert.equal(offsets.length, points.length);
    assert.equal(
      offsets.some((offset) => offset !== 0),
      isMoved,
      `alarm ${state}: ${offsets}`,
    );
    await rig.close();
  }
});

test("a model that is opened again, its thread replaced, goes on where it was", async () => {
  const [undisturbed, reopened] = [await openRig(folder()), await openRig(folder())];
  const lastScore = async (rig: Rig): Promise<unknown> => {
    const batch = await rig.outbox.nextBatch({ lane: "telemetry", afterSeq: 0, maxRecords: 1_000, maxBytes: 1e7 });
    return (JSON.parse(batch.at(-1)?.json ?? "{}") as { score?: unknown }).score;
  };
  for (const rig of [undisturbed, reopened]) await feed(rig, 1, 500);
  reopened.pipeline.reopenModel();
  for (const rig of [undisturbed, reopened]) await feed(rig, 500, 501);
  assert.equal(typeof (await lastScore(undisturbed)), "number");
  assert.equal(await lastScore(reopened), await lastScore(undisturbed));
  await Promise.all([undisturbed.close(), reopened.close()]);
});

test("a graph from elsewhere, signed by a trusted key, watches the machine: it sees the features it names, and its signals are explained", async () => {
  const dir = folder();
  const graph = new GraphBuilder();
  const off = graph.node("Sub", ["features", graph.floats("mean", [3, 12], [2])]);
  graph.node("Div", [graph.node("Abs", [off]), graph.floats("limit", [1.5, 12], [2])], {}, "contribution");
  graph.node("ReduceSum", ["contribution", graph.integers("axis", [1])], { keepdims: 0 }, "score");
  const shapes = { inputs: { features: ["N", 2] }, outputs: { score: ["N"], contribution: ["N", 2] } };
  const part = v.parse(ModelImport, {
    id: "from-elsewhere",
    machine_class: "motor",
    purpose: "a test",
    limitations: "a test",
    relied_on_by: "a test",
    producer: "a test",
    period: "1s",
    points: [
      { name: "current", mean: 12, spread: 2 },
      { name: "vibration", mean: 3, spread: 0.2 },
    ],
    columns: ["vibration:ewma", "current:value"],
  });
  const schema = importedSchema(part);
  assert.ok(schema.ok);
  const about = { part, features: schema.schema, rows: null, createdAt: "2026-01-01T00:00:00.000Z" };
  await writeBundle(dir, await importBundle({ model: graph.build({ name: "z", ...shapes }), ...about }));
  await signBundle(dir, workshop);

  const rig = await openRig(folder(), dir);
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
  const last = await openRig(dataDir);
  assert.equal(last.pipeline.report?.text, reports[0]?.text);
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
  const rig = await openRig(folder(), "auto", runsWithLoad);
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
  const rig = await openRig(dir, "auto", runsWithLoad);
  await feed(rig, 1, 450);
  await feed(rig, 450, 560, 2);
  const { level } = rig.pipeline.latest ?? {};
  assert.ok(level === "warning" || level === "critical");
  await rig.close();
  const again = await openRig(dir, "auto", runsWithLoad);
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
