// Storm "bus": the agent's own bus on an RTU line that lies. Eight units on a pty paced at 19200 8E1, unit 1 late, damaged, cut short and noisy; the
// simulator is a process of its own. What must hold: no value is ever another register's, and the seven others keep their rate.
// Every register says whose it is (firmware-sim's kind `addresses`), so that what is right is known here, outside of what is tested.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { Bus } from "@millwright/agent/registers/bus";
import { modbusRtu } from "@millwright/agent/registers/modbus-rtu";
import type { ReadOutcome, ReadRequest } from "@millwright/agent/registers/read-outcome";
import { characterMs, frameGapMs, type SerialLine } from "@millwright/agent/registers/serial-line";
import { addressWord } from "@millwright/firmware-sim/machines/address-device";
import { startProgram } from "../../scripts/processes/child-program.ts";
import { programs } from "../../scripts/processes/programs.ts";
import type { StormVerdict } from "./kill-storm.ts";

export type BusStormOptions = { seed: number; polls: number; drain: "on" | "off" };

const timeoutMs = 100;
const units = 8;
/** Reads of one unit, one after the other, as a template with several blocks has them. */
const blocks = 4;
const count = 10;
const load = 0.6;
const turnaroundMs = 2;
/** The seven others may lose so much of their rate, and no more. */
const leastRatio = 0.85;
const faults = { late: { rate: 0.1, ms: [120, 320] }, crc: 0.05, half: 0.05, noise: 0.02, echo: 0.02, wrong_unit: 0.02 };

type Tally = { right: number; wrong: number; failed: number; lateRejected: number; healthyInTime: number; healthy: number };

export async function busStorm({ seed, polls, drain }: BusStormOptions, say: (text: string) => void): Promise<StormVerdict> {
  const good = await pollLine({ seed, polls: Math.max(100, Math.round(polls / 10)), drain, wire: {} }, (text) => say(`good line: ${text}`));
  const { right, wrong, failed, ...rest } = await pollLine({ seed, polls, drain, wire: faults }, (text) => say(`faulty line: ${text}`));
  const ratio = rest.healthyInTime / rest.healthy / (good.healthyInTime / good.healthy);
  return {
    storm: "bus",
    seed,
    ok: wrong === 0 && ratio >= leastRatio,
    counts: { polls, right, wrong, failed, late_rejected: rest.lateRejected, healthy_rate_ratio: Math.round(ratio * 1_000) / 1_000 },
  };
}

async function pollLine(options: BusStormOptions & { wire: object }, say: (text: string) => void): Promise<Tally> {
  const folder = mkdtempSync(join(tmpdir(), "millwright-bus-storm-"));
  const line: SerialLine = { path: join(folder, "line"), baud: 19_200, dataBits: 8, parity: "even", stopBits: 1, sendEnable: "driver" };
  const scenario = join(folder, "scenario.yaml");
  writeFileSync(scenario, JSON.stringify(scenarioOf(line, options.wire))); // JSON is YAML.
  const sim = startProgram("sim", programs.sim, ["plant", "--scenario", scenario, "--seed", String(options.seed), "--json"]);
  try {
    await sim.waitFor("ready", 20_000);
    const bus = new Bus({ name: "rs485", open: modbusRtu(line, { drain: options.drain }), timeoutMs, retries: 1 });
    const tally = await poll(bus, line, options.polls, say);
    await bus.close();
    await sim.stop();
    say(`the wire did ${JSON.stringify(sim.lines.find(({ event }) => event === "stopped")?.["faults"])}`);
    return tally;
  } finally {
    await sim.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

const scenarioOf = ({ path, baud, parity }: SerialLine, wire: object): object => ({
  lines: { rs485: { pty: path, baud, parity, turnaround: `${turnaroundMs}ms` } },
  machines: {
    faulty: { kind: "addresses", line: "rs485", unit: 1, wire },
    healthy: { kind: "addresses", line: "rs485", unit: 2, copies: units - 1 },
  },
});

// Asks on a fixed schedule, and judges each answer by what its registers must say. What is answered after the schedule's end does not count for the rate.
async function poll(bus: Bus<ReadRequest, Uint16Array>, line: SerialLine, polls: number, say: (text: string) => void): Promise<Tally> {
  const tally: Tally = { right: 0, wrong: 0, failed: 0, lateRejected: 0, healthyInTime: 0, healthy: 0 };
  const everyMs = ((8 + 5 + 2 * count) * characterMs(line) + 2 * frameGapMs(line) + turnaroundMs) / load;
  const startMs = performance.now() + 500;
  const all: Promise<void>[] = [];
  const failures: Record<string, number> = {};
  let longestMs = 0;
  for (let k = 0; k < polls; k++) {
    const dueMs = startMs + k * everyMs;
    await sleep(Math.max(0, dueMs - performance.now()));
    const request: ReadRequest = { unit: 1 + (Math.floor(k / blocks) % units), table: "holding", address: (k * count) % 4_080, count };
    all.push(
      bus.read(request).then((outcome) => {
        const verdict = judge(request, outcome);
        tally[verdict]++;
        if (!outcome.ok) failures[outcome.code] = (failures[outcome.code] ?? 0) + 1;
        if (request.unit === 1) return;
        tally.healthy++;
        if (verdict === "right" && performance.now() <= startMs + polls * everyMs + timeoutMs) tally.healthyInTime++;
        longestMs = Math.max(longestMs, performance.now() - dueMs);
      }),
    );
    if ((k + 1) % 1_000 === 0) say(`${k + 1} polls, ${tally.wrong} wrong, ${tally.failed} failed`);
  }
  await Promise.all(all);
  tally.lateRejected = bus.health().lateRejected;
  say(`${polls} polls, one every ${everyMs.toFixed(1)} ms: ${JSON.stringify({ ...tally, failures, longestMs: Math.round(longestMs) })}`);
  return tally;
}

function judge({ unit, address }: ReadRequest, outcome: ReadOutcome): "right" | "wrong" | "failed" {
  if (!outcome.ok) return "failed";
  const isRight = outcome.reply.length === count && outcome.reply.every((word, i) => word === addressWord(unit, address + i));
  return isRight ? "right" : "wrong";
}
