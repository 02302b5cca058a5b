// What models cost on the box: features and scores per row, alone, in a batch, and for a plant of 500 machines with detectors of their own;
// learning in a process of its own. The rival is a plain loop over typed arrays with the same arithmetic, where there is one.
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { scoreOf } from "@millwright/models/detectors/distances-of";
import { MachineStream } from "@millwright/models/features/machine-stream";
import { planVibration, vibrationFeatures } from "@millwright/models/features/vibration-features";
import { graphConstants } from "@millwright/models/onnx/graph-constants";
import { openStackedScorer } from "@millwright/models/onnx/stacked-scorer";
import { type BenchRow, benchRow } from "../bench-row.ts";
import { benchDetector, benchPoints, benchRows } from "./bench-machines.ts";

const machines = 500;
const momentsOfSecond = 10;
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

  say("one row alone, and a batch of one graph");
  // As the agent scores a detector that is alone, or that machines share.
  const scorer = await openStackedScorer([graphConstants(first.detector.weights)]);
  const lone = new Int32Array(1);
  const callsUs = (): Promise<number[]> => sortedUs(() => scorer.score(first.features, lone), 2_000);
  await callsUs();
  const rounds = await roundsOf(quantile(0.5)(await callsUs()));
  const alone = await repeat(runs, async () => ({ ours: await callsUs(), loop: await sortedUs(async () => spin(rounds), 2_000) }));
  const part = batch.slice(0, 256 * width);
  const same = new Int32Array(256);
  const together = await repeat(runs, () => cpuMs(() => scorer.score(part, same), 100).then((ms) => (1000 * ms) / 256));
  const plainLoop = await repeat(runs, () => cpuMs(() => void first256(all), 50).then((ms) => (1000 * ms) / 256));
  await scorer.close();

  say("500 machines with detectors of their own");
  const stacked = await openStackedScorer(all.map(({ detector }) => graphConstants(detector.weights)));
  const index = Int32Array.from({ length: machines }, (_, m) => m);
  // As the agent reads and scores them: in ten moments of the second.
  const atOnce = machines / momentsOfSecond;
  const second = async (rows: Float32Array): Promise<void> => {
    for (let from = 0; from < machines; from += atOnce)
      await stacked.score(rows.slice(from * width, (from + atOnce) * width), index.slice(from, from + atOnce));
  };
  await cpuMs(() => second(batch), 300);
  const plant = await repeat(runs, () => cpuMs(() => second(batch), 500));
  const hiding = batch.slice();
  for (let m = 0; m < machines; m += 10)
    for (let column = 0; column < width; column += benchPoints.length) hiding[m * width + column] = Number.NaN;
  const plantHiding = await repeat(runs, () => cpuMs(() => second(hiding), 500));
  await stacked.close();

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
      rival: { name: "a plain loop as long: the machine's own", figures: alone.map(({ loop }) => quantile(0.99)(loop)) },
      goal: { atMost: 100, of: "ours" },
    }),
    row(
      "the same, median",
      "µs",
      alone.map(({ ours }) => quantile(0.5)(ours)),
      100,
    ),
    benchRow({
      name: "a row in a batch of 256, one graph",
      unit: "µs CPU",
      ours: together,
      rival: { name: "plain loop", figures: plainLoop },
      goal: { atMost: 3 },
    }),
    row("500 machines, each its own detector, a second of rows, 50 at once", "ms CPU", plant, 1),
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

  function first256(of: typeof all): number {
    let sum = 0;
    for (const { features: one, detector } of of.slice(0, 256)) sum += scoreOf(one, detector.weights);
    return sum;
  }
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

const quantile =
  (share: number) =>
  (sorted: readonly number[]): number =>
    sorted[Math.floor(share * sorted.length)] as number;

/** Looks at nothing but two figures: what disturbs it is the machine, not its memory. */
function spin(rounds: number): number {
  let figure = 1;
  for (let n = 0; n < rounds; n += 1) figure = Math.sqrt(figure + n);
  return figure;
}

/** @returns of `spin`, for so many µs in the median */
async function roundsOf(us: number): Promise<number> {
  const tried = 5_000;
  await sortedUs(async () => spin(tried), 2_000);
  return Math.round((tried * us) / quantile(0.5)(await sortedUs(async () => spin(tried), 1_000)));
}

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
