// Whole programs on the same simulated devices, one after the other: our agent with quality, features, scoring and its durable outbox, and
// Node-RED with node-red-contrib-modbus, which decodes and publishes. Each publishes to mosquitto; one subscriber judges both.
import { setTimeout as sleep } from "node:timers/promises";
import type { ChildProgram } from "../../../scripts/processes/child-program.ts";
import { type BenchRow, benchRow } from "../bench-row.ts";
import { usageOf } from "../process-usage.ts";
import { startNodeRed } from "./node-red.ts";
import { startPlant } from "./start-plant.ts";

export type Layout = { name: string; devices: number; points: 5 | 30; everyMs: number };
type Window = { points: number; onTime: number; agesMs: number[] };
/** Rows of so many seconds. */
type Measured = Omit<Window, "agesMs"> & {
  seconds: number;
  p99Ms: number;
  p99MsOfWorstSecond: number;
  cpuCores: number;
  cpuMicrosPerPoint: number;
  rssMb: number;
};

/**
 * What is measured runs for months: the first minutes are let pass for both. V8 compiles in them, and gives back late what the start took of its heap (after
 * 153 s in a run that was watched with --trace-gc).
 */
const settleMs = 300_000;

export async function comparePrograms({
  runs,
  seconds,
  say,
  ...layout
}: Layout & { runs: number; seconds: number; say: (text: string) => void }): Promise<BenchRow[]> {
  const plant = await startPlant(layout);
  try {
    const measure = async (program: { pid: number; stop(): Promise<void> }, round: number, name: string): Promise<Measured> => {
      await sleep(settleMs);
      const measured = await measureFor(program.pid, plant.subscriber, seconds);
      await program.stop();
      say(`${layout.name}, ${name}, run ${round} of ${runs}: ${JSON.stringify(measured)}`);
      return measured;
    };
    // From its second start on the agent loads no compiler (docs/operate/memory.md); Node-RED never needs one.
    await (await plant.startAgent()).stop();
    const [ours, theirs]: [Measured[], Measured[]] = [[], []];
    for (let round = 1; round <= runs; round++) {
      ours.push(await measure(await plant.startAgent(), round, "millwright"));
      const peer = await startNodeRed({ ...plant, ...layout, say });
      if (peer !== null) theirs.push(await measure(peer, round, "Node-RED"));
    }
    return rowsOf(layout, ours, theirs);
  } finally {
    await plant.stop();
  }
}

async function measureFor(pid: number, subscriber: ChildProgram, seconds: number): Promise<Measured> {
  const before = usageOf(pid);
  const from = subscriber.lines.length;
  await sleep(seconds * 1_000);
  const after = usageOf(pid);
  const windows = subscriber.lines.slice(from).filter(({ event }) => event === "window") as unknown as Window[];
  const points = windows.reduce((sum, window) => sum + window.points, 0);
  const onTime = windows.reduce((sum, window) => sum + window.onTime, 0);
  const cpuSeconds = after.cpuSeconds - before.cpuSeconds;
  return {
    seconds: windows.length,
    points,
    onTime,
    p99Ms: p99Of(windows.flatMap(({ agesMs }) => agesMs)),
    p99MsOfWorstSecond: Math.max(...windows.map(({ agesMs }) => p99Of(agesMs))),
    cpuCores: cpuSeconds / seconds,
    cpuMicrosPerPoint: ((cpuSeconds / seconds) * 1e6) / (points / windows.length),
    rssMb: after.rssMb,
  };
}

/** The least that 99 % of them do not exceed; 0 where there is none. */
function p99Of(figures: readonly number[]): number {
  return figures.toSorted((a, b) => a - b)[Math.ceil(figures.length * 0.99) - 1] ?? 0;
}

function rowsOf({ name, devices, points, everyMs }: Layout, ours: Measured[], theirs: Measured[]): BenchRow[] {
  const wantedPerSecond = (devices * points * 1_000) / everyMs;
  const of = (list: Measured[], figure: (one: Measured) => number): number[] => list.map(figure);
  const against = (title: string, unit: string, figure: (one: Measured) => number, atMost: number): BenchRow =>
    benchRow({
      name: `${name}: ${title}`,
      unit,
      ours: of(ours, figure),
      rival: { name: "Node-RED with node-red-contrib-modbus", figures: of(theirs, figure) },
      goal: { atMost },
    });
  if (everyMs >= 1_000)
    return [
      benchRow({
        name: `${name}: points on time`,
        unit: "%",
        ours: of(ours, (one) => (100 * one.onTime) / (wantedPerSecond * one.seconds)),
        goal: { atLeast: 99.9 },
      }),
      benchRow({ name: `${name}: CPU`, unit: "cores", ours: of(ours, ({ cpuCores }) => cpuCores), goal: { atMost: 0.6 } }),
      against("CPU a point", "µs", ({ cpuMicrosPerPoint }) => cpuMicrosPerPoint, 0.5),
      against("memory", "MB", ({ rssMb }) => rssMb, 0.8),
    ];
  return [
    against("CPU", "cores", ({ cpuCores }) => cpuCores, 0.7),
    against("memory", "MB", ({ rssMb }) => rssMb, 0.75),
    // A register that changes waits for its next poll, at most a period, before that path begins.
    benchRow({
      name: `${name}: register → subscriber p99`,
      unit: "ms",
      ours: of(ours, ({ p99Ms }) => everyMs + p99Ms),
      goal: { atMost: everyMs + 20 },
    }),
  ];
}
