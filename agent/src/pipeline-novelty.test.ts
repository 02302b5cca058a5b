// Single registers through the flow of one machine: a real series row by row, with restarts, against the benchmark's own evaluation; then verdicts and
// service on a made-up register.
import assert from "node:assert/strict";
import { cpSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { Command } from "@millwright/contract/down-message";
import type { Prediction } from "@millwright/contract/prediction";
import { evaluateNab, type ScoredSeries } from "@millwright/models/evaluation/evaluate-nab";
import { probationRows } from "@millwright/models/evaluation/nab-score";
import { recordedData } from "@millwright/models/evaluation/recorded-data";
import { noveltyLayerSettings, noveltySettings } from "@millwright/models/settings";
import { folder, levelsOf, machine, openRig, predictions, type Rig, rowAt } from "./test-support/pipeline-rig.ts";

const data = recordedData("nab");
/** No model: what is said comes from the layer alone. */
const alone = { source: join(folder(), "no-such-bundle"), novelty: ["load"] };

function take(rig: Rig, n: number, atMs: number, load: number): void {
  const values = Float64Array.of(load, 0, 0);
  rig.pipeline.take({ ...rowAt(n, 0), atMonotonicMs: atMs, values, shown: values });
}

function evaluated(file: string): ScoredSeries {
  const dir = mkdtempSync(join(tmpdir(), "millwright-nab-"));
  try {
    cpSync(join(data ?? "", "labels"), join(dir, "labels"), { recursive: true });
    mkdirSync(join(dir, "data", file, ".."), { recursive: true });
    cpSync(join(data ?? "", "data", file), join(dir, "data", file));
    const [scored] = evaluateNab(dir).scored;
    if (scored === undefined) throw new Error(`${file} is not among the series`);
    return scored;
  } finally {
    rmSync(dir, { recursive: true });
  }
}

// What must be seen of the evaluation's alarms: each stands for the pause in which others are silent, at the highest level since it is more than normal.
function levelsOfScores(scores: ArrayLike<number>): string[] {
  let [left, level] = [0, "normal"];
  return Array.from(scores, (score) => {
    left -= 1;
    if (score >= 1) {
      level = score >= noveltyLayerSettings.warningScore || (left > 0 && level === "warning") ? "warning" : "watch";
      left = noveltySettings.pauseRows;
    }
    return left > 0 ? level : "normal";
  });
}

// The second has days and weeks.
for (const file of ["realAWSCloudwatch/ec2_cpu_utilization_24ae8d.csv", "realKnownCause/nyc_taxi.csv"])
  test(`${file}: the levels that its evaluation's alarms ask for, over restarts`, {
    skip: data === null && "no recordings: set MILLWRIGHT_DATA",
  }, async () => {
    const { rows, scores } = evaluated(file);
    const judgedFrom = probationRows(rows.length);
    const dir = folder();
    const options = { ...alone, periodMs: (rows[1]?.atMs ?? 0) - (rows[0]?.atMs ?? 0), wantedRows: judgedFrom };
    const parts = [0, 150, 1_700, Math.round(0.95 * rows.length), rows.length];
    let rig = await openRig(dir, options);
    for (const [i, from] of parts.slice(0, -1).entries()) {
      if (i > 0) {
        await rig.close();
        rig = await openRig(dir, options);
      }
      for (let n = from; n < (parts[i + 1] as number); n += 1) {
        take(rig, n, rows[n]?.atMs ?? 0, rows[n]?.value ?? Number.NaN);
        if (n % 1_000 === 0) await rig.pipeline.idle();
      }
      await rig.pipeline.idle();
    }
    const [box, wanted] = [await levelsOf(rig), levelsOfScores(scores)];
    assert.equal(box.length, rows.length);
    assert.ok(
      box.slice(0, judgedFrom - 1).every((level) => level === "normal"),
      "it says nothing while it learns",
    );
    assert.deepEqual(box.slice(judgedFrom), wanted.slice(judgedFrom));
    const alarms = Array.from(scores).filter((score, n) => n >= judgedFrom && score >= 1).length;
    assert.ok(alarms >= 3 && wanted.includes("warning"), `${alarms} alarms`);
    await rig.close();
  });

const periodMs = 600_000;
const rowsADay = 144;
const ready = 3 * rowsADay;
/** A quiet night and a busy day. */
const usual = (n: number): number => (n % rowsADay < 72 ? 20 : 80) + Math.sin(n * n);
const last = async (rig: Rig): Promise<Prediction | undefined> => (await predictions(rig)).at(-1);
const run = async (rig: Rig, from: number, to: number, loadAt: (n: number) => number = usual): Promise<void> => {
  for (let n = from; n < to; n += 1) take(rig, n, n * periodMs, loadAt(n));
  await rig.pipeline.idle();
};
const said = { schema: "millwright/command/1" as const, machine, actor: "Rosa", wall_ms: 0 };

test("a value it never had is a warning with its evidence; what is answered opens nothing again, a kill forgets nothing, service learns anew", async () => {
  const dir = folder();
  const options = { ...alone, periodMs, wantedRows: 200 };
  const rig = await openRig(dir, options);
  await run(rig, 0, 100);
  assert.deepEqual(rig.pipeline.layers.status, [
    {
      layer: "novelty",
      points: ["load"],
      readiness: 99 / (2 * rowsADay),
      missing: "100 more good rows, about 32 hours of running",
      level: "normal",
    },
  ]);
  await run(rig, 100, ready);
  assert.deepEqual(
    rig.events.flatMap((event) => (event.event === "layer" ? [event.isReady] : [])),
    [false, true],
  );
  await run(rig, ready, ready + 5, () => 150);
  const raised = await last(rig);
  assert.deepEqual(
    [raised?.level, raised?.layer, raised?.failure_mode, raised?.score.status],
    ["warning", "novelty", "UNK", "unavailable"],
  );
  const [signal] = raised?.signals ?? [];
  assert.ok(signal !== undefined && signal.point === "load" && signal.now === 150 && signal.contribution === 1);
  assert.ok(signal.baseline !== null && signal.baseline > 15 && signal.baseline < 85, "what it is as a rule");
  const sentence = rig.events.flatMap((event) => (event.event === "level" ? [event.sentence] : [])).at(-1);
  assert.match(
    sentence ?? "",
    /^load is 150, a value it never had \(in the middle of its values: [\d.]+\); [\d.]+ times as new as its limit\.$/,
  );

  await rig.pipeline.command({
    ...said,
    id: "0b9d5a0c-8a3f-4a55-9d5e-3d2c1b0a9f8e",
    command: "verdict",
    ticket: "T-1",
    verdict: "nothing",
    failure_mode: "UNK",
    episode: String(raised?.episode),
  });
  await run(rig, ready + 5, ready + 20);
  const answered = await last(rig);
  assert.deepEqual([answered?.level, answered?.episode], ["warning", null]);

  await rig.close();
  const again = await openRig(dir, options);
  await run(again, ready + 20, ready + 150);
  assert.equal((await last(again))?.level, "normal", "the event is over");
  await run(again, ready + 150, ready + 155, () => 150);
  assert.equal((await last(again))?.level, "normal", "it has had this value before");

  const relearn: Command = { ...said, id: "1b9d5a0c-8a3f-4a55-9d5e-3d2c1b0a9f8e", command: "relearn" };
  await again.pipeline.command(relearn);
  await again.pipeline.idle();
  assert.equal(again.pipeline.layers.status[0]?.readiness, 0);
  await again.close();
  const third = await openRig(dir, options);
  assert.equal(third.pipeline.layers.status[0]?.readiness, 0, "and after a restart, too");
  await third.close();
  const other = await openRig(dir, { ...options, novelty: ["current"] });
  assert.equal(other.pipeline.layers.status[0]?.readiness, 0, "of another point nothing is known");
  await other.close();
});
