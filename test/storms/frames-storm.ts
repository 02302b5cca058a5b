// Storm "frames": random and mangled Modbus TCP replies against the bus owner, many devices at once, each on a connection of its own.
// What must hold: every request settles within its time-out + 100 ms, no malformed reply is taken for an answer, no device ever sees two sockets.
import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { Bus } from "../../agent/src/registers/bus.ts";
import { modbusTcp } from "../../agent/src/registers/modbus-tcp.ts";
import type { ReadOutcome, ReadRequest } from "../../agent/src/registers/read-outcome.ts";
import { createRandom, type Random, wholeBetween } from "../../firmware-sim/src/random/random.ts";
import type { StormVerdict } from "./kill-storm.ts";
import { LyingDevice, wordOf } from "./lying-device.ts";

export type FramesStormOptions = { seed: number; frames: number; devices: number; say?: (text: string) => void };

const timeoutMs = 250;
const slackMs = 100;

type Counts = { requests: number; settled: number; right: number; failed: number; accepted_malformed: number; late_settled: number };
type Stalls = { totalMs(): number; stop(): void };
type Plant = {
  readonly devices: readonly LyingDevice[];
  readonly counts: Counts;
  readonly stalls: Stalls;
  slowestMs: number;
  isOver: boolean;
};

export async function framesStorm({ seed, frames, devices: howMany, say }: FramesStormOptions): Promise<StormVerdict> {
  const startedMs = performance.now();
  const stalls = watchStalls();
  const devices = await Promise.all(
    Array.from({ length: howMany }, (_, i) =>
      LyingDevice.start(createRandom(`${seed}/device/${i}`), { timeoutMs, pipeline: pipelineOf(i) }),
    ),
  );
  const counts: Counts = { requests: 0, settled: 0, right: 0, failed: 0, accepted_malformed: 0, late_settled: 0 };
  const plant: Plant = { devices, counts, stalls, slowestMs: 0, isOver: false };
  const sent = (): number => devices.reduce((sum, device) => sum + device.frames, 0);
  const polls = devices.map((device, i) => pollDevice(plant, device, i, createRandom(`${seed}/poll/${i}`)));
  for (let told = 0; sent() < frames; await sleep(50)) {
    if (sent() - told < frames / 10) continue;
    told = sent();
    say?.(`${told} frames after ${Math.round((performance.now() - startedMs) / 1_000)} s`);
  }
  plant.isOver = true;
  const reconnects = await Promise.all(polls);
  await Promise.all(devices.map((device) => device.stop()));
  stalls.stop();
  const unsettled = counts.requests - counts.settled;
  const mostSockets = Math.max(...devices.map((device) => device.mostSockets));
  return {
    storm: "frames",
    seed,
    ok: unsettled === 0 && counts.late_settled === 0 && counts.accepted_malformed === 0 && mostSockets <= 1,
    counts: {
      frames: sent(),
      mangled: devices.reduce((sum, device) => sum + device.mangled, 0),
      ...counts,
      unsettled,
      devices: howMany,
      reconnects: reconnects.reduce((sum, n) => sum + n),
      fewest_reconnects: Math.min(...reconnects),
      most_reconnects: Math.max(...reconnects),
      most_sockets: mostSockets,
      slowest_ms: Math.round(plant.slowestMs),
      stalled_ms: Math.round(stalls.totalMs()),
      seconds: Math.round((performance.now() - startedMs) / 1_000),
    },
  };
}

// How long this process stood still in all (agent, devices and referee share it, and it shares the machine): that is no lateness of the bus.
function watchStalls(): Stalls {
  const tickMs = 5;
  let totalMs = 0;
  let lastMs = performance.now();
  const owedMs = (): number => Math.max(0, performance.now() - lastMs - 2 * tickMs);
  const timer = setInterval(() => {
    totalMs += owedMs();
    lastMs = performance.now();
  }, tickMs);
  return { totalMs: () => totalMs + owedMs(), stop: () => clearInterval(timer) };
}

const pipelineOf = (device: number): number => [1, 1, 2, 4, 8][device % 5] as number;

// One bus, as many lanes as its device has in flight. @returns how often it was connected again.
async function pollDevice(plant: Plant, device: LyingDevice, index: number, random: Random): Promise<number> {
  const pipeline = pipelineOf(index);
  let connected = Promise.withResolvers<void>();
  const bus = new Bus({
    name: `device ${index}`,
    open: modbusTcp({ host: "127.0.0.1", port: device.port }),
    timeoutMs,
    retries: 0,
    maxInFlight: pipeline,
    onEvent: ({ kind }) => {
      if (kind !== "bus_connected") return;
      connected.resolve();
      connected = Promise.withResolvers<void>();
    },
  });
  const lane = async (): Promise<void> => {
    while (!plant.isOver) {
      const news = connected.promise;
      const outcome = await ask(plant, bus, { index, pipeline, random });
      // A bus that is waiting to connect again refuses at once; a lane then waits for the connection.
      if (!outcome.ok && outcome.code === "bus_unreachable") await Promise.race([news, sleep(1_000)]);
    }
  };
  await Promise.all(Array.from({ length: pipeline }, lane));
  const { connects } = bus.health();
  await bus.close();
  return Math.max(0, connects - 1);
}

async function ask(
  plant: Plant,
  bus: Bus<ReadRequest, Uint16Array>,
  { index, pipeline, random }: { index: number; pipeline: number; random: Random },
): Promise<ReadOutcome> {
  const { counts, stalls } = plant;
  const request = {
    unit: 1 + (index % 247),
    table: random() < 0.5 ? "holding" : "input",
    address: wholeBetween(random, 0, 60_000),
    count: random() < 0.7 ? wholeBetween(random, 1, 10) : wholeBetween(random, 1, 125),
  } as const;
  counts.requests++;
  const [startedMs, stalledMs] = [performance.now(), stalls.totalMs()];
  const outcome = await bus.read(request, { pipeline, pauseMs: 0 });
  const tookMs = performance.now() - startedMs - (stalls.totalMs() - stalledMs);
  counts.settled++;
  plant.slowestMs = Math.max(plant.slowestMs, tookMs);
  if (tookMs > timeoutMs + slackMs) counts.late_settled++;
  if (!outcome.ok) counts.failed++;
  else if (isRight(outcome, request)) counts.right++;
  else counts.accepted_malformed++;
  return outcome;
}

function isRight(outcome: ReadOutcome & { ok: true }, { unit, table, address, count }: ReadRequest): boolean {
  const code = table === "holding" ? 3 : 4;
  return outcome.reply.length === count && outcome.reply.every((word, i) => word === wordOf(unit, code, (address + i) & 0xffff));
}
