// The goals on SKAB's valve1, through the code the agent runs. Skipped where the recordings are absent (they are not part of the repository).
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { learnDetector } from "../detectors/learn-detector.ts";
import { MachineStream } from "../features/machine-stream.ts";
import { evaluateSkab } from "./evaluate-skab.ts";
import { judgeRecording } from "./judge-recording.ts";
import { parseSkabFile, type Recording } from "./parse-skab-file.ts";
import { recordedData } from "./recorded-data.ts";

const dir = recordedData("skab");
const options = { skip: dir === null ? "no recordings: set MILLWRIGHT_DATA" : false };
const recordingOf = (file: string): Recording => parseSkabFile(readFileSync(join(dir ?? "", "valve1", file), "utf8"), file);
const onsetOf = ({ labels }: Recording): number => labels?.findIndex(({ anomaly }) => anomaly) ?? -1;

test("valve1: F1 ≥ .84, false alarms ≤ 12 %, missed ≤ 20 %", options, async () => {
  const { report } = await evaluateSkab(dir ?? "");
  assert.ok(report.f1 >= 0.84 && report.far <= 12 && report.mar <= 20, JSON.stringify(report));
  assert.ok(
    report.changepoint.standard >= 35 && report.changepoint.low_fp >= 30 && report.changepoint.low_fn >= 38,
    JSON.stringify(report),
  );
  assert.ok(Math.abs(report.rival_always_alarm_f1 - 0.698) < 0.001);
});

test("valve1: tickets within 120 s on ≥ 14 of 16 files, false ones on ≤ 2, however late their verdict comes", options, async () => {
  for (const afterRows of [0, 5, 12]) {
    let [onTime, early] = [0, 0];
    for (let file = 0; file < 16; file += 1) {
      const recording = recordingOf(`${file}.csv`);
      const untilRow = onsetOf(recording);
      const { rows } = await judgeRecording(recording, { learnRows: 400, verdicts: { untilRow, afterRows } });
      const onsetMs = recording.rows[untilRow]?.atMs ?? Number.NaN;
      const delays = rows.filter(({ isTicket }) => isTicket).map(({ atMs }) => (atMs - onsetMs) / 1000);
      if (delays.some((s) => s < 0)) early += 1;
      if (delays.some((s) => s >= 0 && s <= 120)) onTime += 1;
    }
    assert.ok(onTime >= 14 && early <= 2, `verdict after ${afterRows} rows: ${onTime} in time, ${early} with a false ticket`);
  }
});

test("valve1/3: each sensor frozen before the onset is a sensor event and opens no ticket before it", options, async () => {
  const recording = recordingOf("3.csv");
  for (const from of [200, 450])
    for (const [p, { name }] of recording.points.entries()) {
      const stuck = recording.rows[from]?.values[p] as number;
      const rows = recording.rows.map((row, i) =>
        i < from ? row : { ...row, values: row.values.map((value, q) => (q === p ? stuck : value)) },
      );
      const { rows: judged } = await judgeRecording({ ...recording, rows }, { learnRows: 400 });
      assert.deepEqual(
        judged.filter(({ isTicket, row }) => isTicket && row < onsetOf(recording)),
        [],
        `${name} at ${from}`,
      );
      const learned = learnDetector({ points: recording.points, periodMs: 1000, rows: rows.slice(0, 400) });
      assert.ok(learned.ok);
      const stream = new MachineStream({ schema: learned.detector.features, stillness: learned.detector.stillness });
      stream.prime(rows.slice(0, 400));
      const events = rows.slice(400).flatMap((row) => stream.push(row).sensorEvents);
      assert.deepEqual(
        events.map(({ point, kind }) => `${point} ${kind}`),
        [`${name} frozen`],
      );
    }
});

test("valve1/8: quantised to 300 steps, rescaled and in another order, the verdicts stay", options, async () => {
  const recording = recordingOf("8.csv");
  const order = [5, 2, 7, 0, 3, 6, 1, 4];
  const ranges = recording.points
    .map((_, p) => recording.rows.map(({ values }) => values[p] as number))
    .map((values) => Math.max(...values) - Math.min(...values));
  const rows = recording.rows.map(({ atMs, values }) => ({
    atMs,
    values: Float64Array.from(order, (p) => 50 + Math.round((300 * (values[p] as number)) / (ranges[p] as number))),
  }));
  const points = order.map((p) => recording.points[p] as Recording["points"][number]);
  const judged = await judgeRecording({ points, rows, labels: null }, { learnRows: 400 });
  const [ticket] = judged.rows.filter(({ isTicket }) => isTicket);
  const delay = (ticket?.row ?? 0) - onsetOf(recording);
  assert.ok(delay >= 0 && delay <= 120, `${delay}`);
});
