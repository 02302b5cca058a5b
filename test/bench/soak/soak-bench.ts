// An agent that polls 500 devices × 30 points a second for a long time: does its memory grow, and does its loop wait for anything while it scores?
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type BenchRow, benchRow } from "../bench-row.ts";
import { startPlant } from "../bus/start-plant.ts";
import { usageOf } from "../process-usage.ts";

const layout = { devices: 500, points: 30, everyMs: 1_000 } as const;
const sampleMs = 10_000;

/** @param warmUpMinutes not judged: caches, rings and the heap grow to their size */
export async function soakBench({
  minutes,
  warmUpMinutes,
  say,
}: {
  minutes: number;
  warmUpMinutes: number;
  say: (text: string) => void;
}): Promise<BenchRow[]> {
  const plant = await startPlant(layout);
  try {
    const lagFile = join(plant.folder, "loop-lag.jsonl");
    const preload = new URL("loop-lag.ts", import.meta.url).href;
    // From its second start on the agent loads no compiler (docs/operate/memory.md).
    await (await plant.startAgent()).stop();
    const agent = await plant.startAgent({ NODE_OPTIONS: `--import ${preload}`, MILLWRIGHT_LOOP_LAG: lagFile });
    await sleep(warmUpMinutes * 60_000);
    const lagsBefore = lagsIn(lagFile).length;
    const memory = await sampleMemory(agent.pid, minutes, say);
    const lags = lagsIn(lagFile).slice(lagsBefore);
    await agent.stop();
    return [
      benchRow({
        name: `500 devices × 30 points at 1 s, ${minutes} minutes: memory grows by`,
        unit: "MB/h",
        ours: [slopeOf(memory)],
        goal: { atMost: 1 },
      }),
      benchRow({
        name: "500 devices × 30 points at 1 s: event loop late, p99.9 of a minute",
        unit: "ms",
        ours: lags.map(({ p999 }) => p999),
        goal: { atMost: 10 },
      }),
    ];
  } finally {
    await plant.stop();
  }
}

type Sample = { hours: number; rssMb: number };

async function sampleMemory(pid: number, minutes: number, say: (text: string) => void): Promise<Sample[]> {
  const samples: Sample[] = [];
  const count = Math.round((minutes * 60_000) / sampleMs);
  for (let i = 0; i < count; i++) {
    await sleep(sampleMs);
    const { rssMb, cpuSeconds } = usageOf(pid);
    samples.push({ hours: (i * sampleMs) / 3_600_000, rssMb });
    if (i % 30 === 0)
      say(
        `minute ${Math.round((i * sampleMs) / 60_000)}: ${rssMb.toFixed(1)} MB, ${cpuSeconds.toFixed(0)} s of CPU, slope so far ${slopeOf(samples).toFixed(2)} MB/h`,
      );
  }
  return samples;
}

/** Least squares over the lows: the least of every minute, so that a heap's saw teeth do not count. @returns MB an hour; 0 for less than two minutes */
function slopeOf(samples: readonly Sample[]): number {
  const perMinute = 60_000 / sampleMs;
  const lows: Sample[] = [];
  for (let i = 0; i + perMinute <= samples.length; i += perMinute)
    lows.push(samples.slice(i, i + perMinute).reduce((least, sample) => (sample.rssMb < least.rssMb ? sample : least)));
  if (lows.length < 2) return 0;
  const mean = (figure: (sample: Sample) => number): number => lows.reduce((sum, sample) => sum + figure(sample), 0) / lows.length;
  const [hours, rssMb] = [mean((sample) => sample.hours), mean((sample) => sample.rssMb)];
  const over = lows.reduce((sum, sample) => sum + (sample.hours - hours) * (sample.rssMb - rssMb), 0);
  return over / lows.reduce((sum, sample) => sum + (sample.hours - hours) ** 2, 0);
}

function lagsIn(file: string): { p999: number }[] {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, "utf8").trim().split("\n");
  return lines.filter((line) => line !== "").map((line) => JSON.parse(line) as { p999: number });
}
