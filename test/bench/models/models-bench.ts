// What models cost on the box: features and scores per row, alone, in a batch, and for a plant of 500 machines with detectors of their own;
// learning in a process of its own. The rival is onnxruntime with the same detector's graph, where there is one.
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { DetectorScorer } from "@millwright/models/detectors/detector-scorer";
import { detectorTables } from "@millwright/models/detectors/detector-tables";
import { MachineStream } from "@millwright/models/features/machine-stream";
import { planVibration, vibrationFeatures } from "@millwright/models/features/vibration-features";
import { openScorer } from "@millwright/models/onnx/session";
import { writeGraph } from "@millwright/models/onnx/write-graph";
import { type BenchRow, benchRow } from "../bench-row.ts";
import { benchDetector, benchPoints, benchRows } from "./bench-machines.ts";

const machines = 500;
const learnRows = 400;
/** Detectors that are really learned; the others are copies of these at other places of the tables. */
const different = 25;
const vibrationBandsHz = [
  [0, 1000],
  [1000, 3000],
  [3000, 6000],
  [6000, 10_001],
] as const;

export async function modelsBench({ runs, say }: { runs: number; say: (text: string) => void }): Promise<BenchRow[]> {
  const learned = Array.from({ length: different }, (_, n) => {
    const rows = benchRows(n + 1, learnRows + 1);
    const detector = benchDetector(rows.slice(0, learnRows));
    const stream = new MachineStream({ schema: detector.features, stillness: detector.stillness });
    stream.prime(rows.slice(0, learnRows));
    return { detector, features: stream.push(rows[learnRows] as (typeof rows)[number]).features as Float32Array };
  });
  const [first] = learned;
  if (first === undefined) throw new Error("nothing was learned");
  const width = first.features.length;
  const all = Array.from({ length: machines }, (_, m) => learned[m % different] ?? first);
  const batch = new Float32Array(machines * width);
  for (const [m, { features }] of all.entries()) batch.set(features, m * width);

  say("one row alone, and a batch of one detector");
  const scorerOf = ({ detector }: (typeof all)[number]): DetectorScorer => new DetectorScorer(detectorTables(detector.weights));
  const [scorer, parts] = [scorerOf(first), new Float32Array(benchPoints.length)];
  const graph = await openScorer(writeGraph(first.detector.weights), { features: width });
  const scored = async (): Promise<number> => scorer.score(first.features, parts);
  const inGraph = () => graph.score(first.features, 1);
  for (const call of [scored, inGraph]) await sortedUs(call, 5_000);
  const alone = await repeat(runs, async () => ({ ours: await sortedUs(scored, 2_000), runtime: await sortedUs(inGraph, 2_000) }));
  const rows256 = Array.from({ length: 256 }, (_, n) => batch.slice(n * width, (n + 1) * width));
  const together = await repeat(runs, () => cpuMs(() => rows256.map((row) => scorer.score(row, parts)), 100).then(usOf256));
  const batch256 = batch.slice(0, 256 * width);
  const togetherInGraph = await repeat(runs, () => cpuMs(() => graph.score(batch256, 256), 50).then(usOf256));
  await graph.close();

  say("500 machines with detectors of their own");
  const scorers = all.map(scorerOf);
  const second = (rows: readonly Float32Array[]): void => {
    for (const [m, one] of scorers.entries()) one.score(rows[m] as Float32Array, parts);
  };
  const rowsOfAll = all.map(({ features }) => features);
  await cpuMs(() => second(rowsOfAll), 300);
  const plant = await repeat(runs, () => cpuMs(() => second(rowsOfAll), 500));
  const hiding = rowsOfAll.map((row, m) => (m % 10 === 0 ? row.map((x, i) => (i % benchPoints.length === 0 ? Number.NaN : x)) : row));
  const plantHiding = await repeat(runs, () => cpuMs(() => second(hiding), 500));

  say("features");
  const rows = benchRows(9, 20_000);
  const features = await repeat(runs + 1, () => {
    const stream = new MachineStream({ schema: first.detector.features, stillness: first.detector.stillness });
    return cpuMs(() => stream.prime(rows), 1).then((ms) => (1000 * ms) / rows.length);
  });

  say("a vibration window");
  const plan = planVibration({ length: 4096, rateHz: 20_000, bandsHz: vibrationBandsHz });
  const wave = Float64Array.from({ length: 4096 }, (_, i) => Math.sin(i * i));
  const vibration = await repeat(runs + 1, async () => medianUs(() => void vibrationFeatures(plan, wave), 2_000));

  say("learning");
  const learning = await repeat(runs, async () => learnOnce());
  const row = (name: string, unit: string, ours: readonly number[], atMost: number): BenchRow =>
    benchRow({ name, unit, ours, goal: { atMost } });
  return [
    benchRow({
      name: "one row alone, p99",
      unit: "µs",
      ours: alone.map(({ ours }) => quantile(0.99)(ours)),
      rival: { name: "onnxruntime", figures: alone.map(({ runtime }) => quantile(0.99)(runtime)) },
      goal: { atMost: 100, of: "ours" },
    }),
    benchRow({
      name: "the same, median",
      unit: "µs",
      ours: alone.map(({ ours }) => quantile(0.5)(ours)),
      rival: { name: "onnxruntime", figures: alone.map(({ runtime }) => quantile(0.5)(runtime)) },
      goal: { atMost: 100, of: "ours" },
    }),
    benchRow({
      name: "each of 256 rows of one detector",
      unit: "µs CPU",
      ours: together,
      rival: { name: "onnxruntime, one batch", figures: togetherInGraph },
      goal: { atMost: 3, of: "ours" },
    }),
    row("500 machines, each its own detector, a second of rows", "ms CPU", plant, 1),
    row("the same, one machine in ten with a point that is hidden", "ms CPU", plantHiding, 1),
    row(`features of a row of ${benchPoints.length} points`, "µs CPU", features.slice(1), 3),
    row("features of a vibration window of 4,096 samples, median (no envelope)", "µs", vibration.slice(1), 100),
    row(
      "learning 8 signals × 10,000 rows",
      "s",
      learning.map(({ ms }) => ms / 1000),
      5,
    ),
    row(
      "memory it takes",
      "MB",
      learning.map(({ peakMb }) => peakMb),
      150,
    ),
  ];
}

async function repeat<T>(times: number, measure: () => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  for (let n = 0; n < times; n += 1) results.push(await measure());
  return results;
}

/** @returns CPU ms of one call, all threads, over so many */
async function cpuMs(call: () => unknown, times: number): Promise<number> {
  const before = process.cpuUsage();
  for (let n = 0; n < times; n += 1) await call();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000 / times;
}

/** @returns real µs of each call, ascending */
async function sortedUs(call: () => Promise<unknown>, times: number): Promise<number[]> {
  const took: number[] = [];
  for (let n = 0; n < times; n += 1) {
    const begun = process.hrtime.bigint();
    await call();
    took.push(Number(process.hrtime.bigint() - begun) / 1000);
  }
  return took.sort((a, b) => a - b);
}

const usOf256 = (ms: number): number => (1000 * ms) / 256;

const quantile =
  (share: number) =>
  (sorted: readonly number[]): number =>
    sorted[Math.floor(share * sorted.length)] as number;

function learnOnce(): { ms: number; peakMb: number } {
  const text = execFileSync(process.execPath, [fileURLToPath(new URL("learn-once.ts", import.meta.url))], { encoding: "utf8" });
  return JSON.parse(text) as { ms: number; peakMb: number };
}

function medianUs(work: () => void, times: number): number {
  const figures = Float64Array.from({ length: times }, () => {
    const startedMs = performance.now();
    work();
    return 1000 * (performance.now() - startedMs);
  }).sort();
  return figures[times >> 1] as number;
}
