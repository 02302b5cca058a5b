// An older bundle, signed as ever, in the place of a newer one.
import assert from "node:assert/strict";
import { cpSync, rmSync } from "node:fs";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { PrognosisManifest } from "@millwright/contract/prognosis-manifest";
import { signBundle } from "@millwright/models/onnx/sign-bundle";
import { writeBundle } from "@millwright/models/onnx/write-bundle";
import { smallPrognosis } from "@millwright/models/prognosis/test-support/small-prognosis";
import { baselineFolder } from "./baselines/baseline-folder.ts";
import { feed, folder, machine, openRig, type Rig, workshop } from "./test-support/pipeline-rig.ts";
import { writeGiven } from "./test-support/write-given.ts";

type Older = "refuse" | "accept";

/** Opens the machine with the given bundle, waits until it is vetted, and says what came of it. */
async function outcome(dataDir: string, bundle: string, older: Older = "refuse"): Promise<{ phase: string; said: string }> {
  const rig = await openRig(dataDir, { source: bundle, olderModel: older });
  while (!rig.events.some(({ event }) => event === "scoring" || event === "model_refused")) await sleep(10);
  await feed(rig, 1, 2);
  const { phase } = rig.pipeline.status;
  await rig.close();
  return { phase, said: saidOf(rig) };
}

const saidOf = (rig: Rig): string =>
  rig.events
    .map((event) =>
      event.event === "model_refused" ? event.reason : event.event === "model_rolled_back" ? `rolled back: ${event.text}` : "",
    )
    .join("");

test("a given bundle that is older than the one before is refused with a clear line, and taken where the configuration says so", async () => {
  const [dataDir, bundle] = [folder(), folder()];
  const give = async (version: number, createdAt: string): Promise<void> => {
    rmSync(bundle, { recursive: true });
    await writeGiven(bundle, { version, createdAt });
  };
  await give(2, "2026-02-01T00:00:00.000Z");
  assert.deepEqual(await outcome(dataDir, bundle), { phase: "scoring", said: "" });
  assert.deepEqual(await outcome(dataDir, bundle), { phase: "scoring", said: "" }, "the same once more");

  await give(1, "2026-03-01T00:00:00.000Z");
  const refused = await outcome(dataDir, bundle);
  assert.equal(refused.phase, "unavailable");
  assert.match(
    refused.said,
    /holds version 1 of 2026-03-01T00:00:00 of "from-elsewhere", older than version 2 of 2026-02-01T00:00:00, which this machine had already\..* older_model: accept/,
  );
  await give(2, "2026-01-01T00:00:00.000Z");
  assert.equal((await outcome(dataDir, bundle)).phase, "unavailable", "of one version, the one that was made first");

  await give(1, "2026-03-01T00:00:00.000Z");
  const back = await outcome(dataDir, bundle, "accept");
  assert.equal(back.phase, "scoring");
  assert.match(back.said, /rolled back: "from-elsewhere" went back from version 2 .* to version 1/);
  assert.deepEqual(await outcome(dataDir, bundle), { phase: "scoring", said: "" }, "said once; from then on it is the newest");
  await give(3, "2026-04-01T00:00:00.000Z");
  assert.deepEqual(await outcome(dataDir, bundle), { phase: "scoring", said: "" });
});

test("the event of a deliberate step back goes to the gateway", async () => {
  const [dataDir, bundle] = [folder(), folder()];
  for (const version of [2, 1]) {
    rmSync(bundle, { recursive: true });
    await writeGiven(bundle, { version });
    await outcome(dataDir, bundle, "accept");
  }
  const rig = await openRig(dataDir, { source: bundle });
  const events = await rig.outbox.nextBatch({ lane: "event", afterSeq: 0, maxRecords: 100, maxBytes: 1e6 });
  assert.equal(events.filter(({ json }) => json.includes('"model_rolled_back"')).length, 1);
  await rig.close();
});

test("the same of a prognosis: an older one is refused while the machine is watched on; going back on purpose is told once, to the gateway, too", async () => {
  const { bundle } = smallPrognosis();
  const [dataDir, dir] = [folder(), folder()];
  const give = async (part: Partial<PrognosisManifest>): Promise<void> => {
    rmSync(dir, { recursive: true });
    await writeBundle(dir, { ...bundle, manifest: { ...bundle.manifest, ...part } });
    await signBundle(dir, workshop);
  };
  let rows = 0;
  /** What was said of it, whether a forecast may come, and how often the gateway is told that it went back. */
  const forecastOutcome = async (older: Older): Promise<{ said: string; isRefused: boolean; told: number }> => {
    const points = { setting_1: "load", point_1: "current", point_2: "vibration", point_3: "load" };
    const rig = await openRig(dataDir, {
      prognosis: { kind: "bundle", dir, older, points, horizonsMs: null, horizonsCycles: null },
    });
    while (!rig.events.some(({ event }) => event === "prognosis")) await sleep(10);
    rows += 1;
    await feed(rig, rows, rows + 1);
    const life = rig.pipeline.forecast?.remaining_life;
    const isRefused = life?.status === "unavailable" && life.reason === "model_refused";
    assert.equal(rig.pipeline.status.phase, "learning", "the machine's own model is not touched");
    const events = await rig.outbox.nextBatch({ lane: "event", afterSeq: 0, maxRecords: 100, maxBytes: 1e6 });
    await rig.close();
    const said = rig.events
      .map((event) => (event.event === "prognosis" || event.event === "model_rolled_back" ? event.text : ""))
      .join(" ");
    return { said, isRefused, told: events.filter(({ json }) => json.includes('"model_rolled_back"')).length };
  };

  await give({ version: 2 });
  assert.match((await forecastOutcome("refuse")).said, /forecast by small/);
  await give({ version: 1 });
  const refused = await forecastOutcome("refuse");
  assert.ok(refused.isRefused, JSON.stringify(refused));
  assert.match(refused.said, /holds version 1 .* of "small", older than version 2 .* older_model: accept/);
  await give({ version: 2, created_at: "2025-12-31T00:00:00.000Z" });
  assert.ok((await forecastOutcome("refuse")).isRefused, "of one version, the one that was made first");
  await give({ version: 1 });
  const back = await forecastOutcome("accept");
  assert.match(back.said, /"small" went back from version 2 of .* to version 1 of .*forecast by small/);
  assert.deepEqual([back.isRefused, back.told], [false, 1]);
  const after = await forecastOutcome("refuse");
  assert.deepEqual([after.isRefused, after.told], [false, 1], "said once; from then on it is the newest");
});

test("a baseline of an earlier generation in the place of the live one is refused: the one before it, in its own place, speaks", async () => {
  const dataDir = folder();
  const rig = await openRig(dataDir);
  await feed(rig, 1, 450);
  await rig.pipeline.command({
    schema: "millwright/command/1",
    command: "relearn",
    id: "11111111-1111-4111-8111-111111111111",
    machine,
    actor: "a test",
    wall_ms: 0,
  });
  await feed(rig, 450, 900);
  assert.equal(rig.pipeline.status.phase, "scoring");
  await rig.close();
  rmSync(baselineFolder(dataDir, machine, 2), { recursive: true });
  cpSync(baselineFolder(dataDir, machine, 1), baselineFolder(dataDir, machine, 2), { recursive: true });
  const again = await openRig(dataDir);
  await feed(again, 900, 901);
  const scoring = again.events.find((event) => event.event === "scoring");
  assert.deepEqual(scoring, { event: "scoring", machine: machine.name, generation: 1 });
  await again.close();
  rmSync(baselineFolder(dataDir, machine, 1), { recursive: true });
  const last = await openRig(dataDir);
  await feed(last, 901, 902);
  assert.equal(last.pipeline.status.phase, "unavailable");
  assert.match(saidOf(last), /holds baseline 1 instead of baseline 2/);
  await last.close();
});
