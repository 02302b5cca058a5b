// The flow of one machine that a vibration standard judges: from the first row on, only while it runs, to the record. Seeded rows.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Prediction } from "@millwright/contract/prediction";
import type { ZoneRule } from "@millwright/models/decisions/vibration-zone";
import * as v from "valibot";
import type { RunningRule } from "./samples/running-gate.ts";
import { feed, folder, machine, openRig, predictions, type Rig, rowAt } from "./test-support/pipeline-rig.ts";

// Healthy vibration of the rig is 2.6 to 3.4: zone B.
const zone: ZoneRule = {
  point: "vibration",
  standard: "ISO 20816-3, group 2, rigid",
  boundariesMmS: [2, 4.5, 7.1],
  mmSPerUnit: 1,
  persistenceRows: 10,
};
const runsWithLoad: RunningRule = {
  uses: [{ name: "load", index: 0 }],
  evaluate: ({ load = 0 }) => Number(load > 5),
  settleMs: 0,
  gapMs: 20_000,
};

async function feedStopped(rig: Rig, from: number, to: number, vibration: number): Promise<void> {
  for (let n = from; n < to; n++) {
    const values = Float64Array.of(0, 0, vibration);
    rig.pipeline.take({ ...rowAt(n, 0), values, shown: values });
  }
  await rig.pipeline.idle();
}

const last = async (rig: Rig): Promise<Prediction | undefined> => (await predictions(rig)).at(-1);

test("without any baseline a machine in zone D is critical after its persistence, with the zone in its evidence; its rows are not learned", async () => {
  const rig = await openRig(folder(), { zones: [zone] });
  await feed(rig, 1, 10, 5);
  assert.deepEqual(
    (await predictions(rig)).map(({ level }) => level),
    ["normal"],
    "nine rows are not enough",
  );
  await feed(rig, 10, 40, 5);
  const told = await predictions(rig);
  const first = v.parse(Prediction, told[1]);
  assert.deepEqual(
    [first.level, first.layer, first.failure_mode, first.score, first.time.monotonic_ms],
    ["critical", "zones", "VIB", { status: "unavailable", reason: "learning" }, 10_000],
  );
  const [signal] = first.signals;
  assert.deepEqual(
    [signal?.point, signal?.contribution, signal?.zone?.letter, signal?.zone?.standard, signal?.zone?.velocity_mm_s],
    ["vibration", 1, "D", "ISO 20816-3, group 2, rigid", signal?.now],
  );
  assert.match(JSON.stringify(rig.events), /vibration: velocity [78]\.?\d* mm\/s: zone D of ISO 20816-3, group 2, rigid\./);
  assert.match(
    rig.pipeline.status.missing ?? "",
    /^400 more healthy rows, .* \(none while a limit, a vibration zone, wear or novelty alarms\)$/,
  );
  await feed(rig, 40, 55);
  assert.deepEqual([(await last(rig))?.level, (await last(rig))?.failure_mode], ["normal", "UNK"]);
  await rig.close();
});

test("zone C is a warning, zone B is normal and learned; then the baseline speaks first and says the zone, too", async () => {
  const rig = await openRig(folder(), { zones: [zone] });
  await feed(rig, 1, 450);
  assert.equal(rig.pipeline.status.phase, "scoring");
  assert.deepEqual([...new Set((await predictions(rig)).map(({ level }) => level))], ["normal"]);
  await feed(rig, 450, 600, 0.9);
  const early = await last(rig);
  assert.deepEqual([early?.layer, early?.signals[0]?.zone?.letter], ["baseline", "B"]);
  await rig.close();

  const other = await openRig(folder(), { zones: [zone] });
  await feed(other, 1, 40, 2.5);
  const warning = await last(other);
  assert.deepEqual([warning?.level, warning?.layer, warning?.signals[0]?.zone?.letter], ["warning", "zones", "C"]);
  await other.close();
});

test("a machine that does not run is not judged, and keeps what was found while it ran", async () => {
  const rig = await openRig(folder(), { running: runsWithLoad, zones: [zone] });
  await feedStopped(rig, 1, 100, 15);
  assert.deepEqual(
    (await predictions(rig)).map(({ level }) => level),
    ["normal"],
    "what shakes it while it stands still is not its own",
  );
  await feed(rig, 100, 150, 5);
  const running = await last(rig);
  assert.deepEqual([running?.level, running?.layer], ["critical", "zones"]);
  await feedStopped(rig, 150, 300, 0);
  const stopped = await last(rig);
  assert.deepEqual([stopped?.level, stopped?.episode, stopped?.signals[0]?.zone?.letter], ["critical", running?.episode, "D"]);
  await feed(rig, 300, 320);
  assert.equal((await last(rig))?.level, "normal", "repaired, and running again");
  await rig.close();
});

test("a zone stands over a restart", async () => {
  const dir = folder();
  const rig = await openRig(dir, { zones: [zone] });
  await feed(rig, 1, 6, 5);
  await rig.close();
  const again = await openRig(dir, { zones: [zone] });
  await feed(again, 6, 11, 5);
  assert.deepEqual(
    (await predictions(again)).map(({ level }) => level),
    ["normal", "critical"],
  );
  await again.close();
});

test("what a technician answered of zone C opens nothing again; zone D does", async () => {
  const rig = await openRig(folder(), { zones: [zone] });
  await feed(rig, 1, 40, 2.5);
  const episode = String((await last(rig))?.episode);
  await rig.pipeline.command({
    schema: "millwright/command/1",
    id: "0b9d5a0c-8a3f-4a55-9d5e-3d2c1b0a9f8e",
    command: "verdict",
    machine,
    ticket: "T-1",
    verdict: "found",
    failure_mode: "VIB",
    actor: "Rosa",
    wall_ms: 0,
    episode,
  });
  await feed(rig, 40, 200, 2.5);
  const answered = await last(rig);
  assert.deepEqual([answered?.level, answered?.episode, answered?.signals[0]?.zone?.letter], ["warning", null, "C"]);
  await feed(rig, 200, 240, 6);
  const worse = await last(rig);
  assert.deepEqual([worse?.level, worse?.layer], ["critical", "zones"]);
  assert.notEqual(worse?.episode ?? episode, episode);
  await rig.close();
});
