// The flow of one machine: learning, judging, restarts, verdicts. Seeded rows.
import assert from "node:assert/strict";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { Prediction } from "@millwright/contract/prediction";
import { baselineFolder } from "./baselines/baseline-folder.ts";
import type { SavedStream } from "./baselines/machine-state.ts";
import { feed, folder, key, machine, openRig, points, predictions, type Rig, rowAt } from "./test-support/pipeline-rig.ts";

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
  const given = await openRig(other, { source: baselineFolder(dir, machine, 1) });
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
  // The first is worked on, and waits no more.
  assert.equal(rig.pipeline.rows, 2);
  assert.match(JSON.stringify(rig.events), /M-1: 9 rows came faster/);
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
    const stream = JSON.parse((await rig.outbox.machineState(`${key}#stream`)) ?? "null") as SavedStream | null;
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
