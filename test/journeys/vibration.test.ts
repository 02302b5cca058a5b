// The whole way of a vibration: a simulated bearing whose outer race spalls, over real HTTP to the agent, over MQTT to the gateway, to a ticket that says so;
// and its twin that stays well and gets none. Real processes; machine time runs twenty times as fast.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { AgentConfigInput } from "@millwright/contract/agent-config";
import type { GatewayConfigInput } from "@millwright/contract/gateway-config";
import { clockText, clockVariable } from "@millwright/kit/clock";
import { stringify } from "yaml";
import { type ChildProgram, startProgram } from "../../scripts/processes/child-program.ts";
import { freePort } from "../../scripts/processes/free-port.ts";
import { programs } from "../../scripts/processes/programs.ts";

const timeScale = 20;
const startMs = 60_000;
const seed = 20;
const learnRows = 200;
const hurtAtS = 260;
const growsS = 120;
/** Machine time until which the well machine is watched. */
const untilS = 460;

type Detail = {
  machine: { name: string };
  failure_mode: string;
  diagnosis: { cause: string | null; text: string; lines: { of: string; hz: number; expected_hz: number }[] } | null;
};

test("an outer race that spalls becomes a ticket that names it, with its line; the machine that is well has none", async () => {
  const folder = mkdtempSync(join(tmpdir(), "millwright-vibration-"));
  const originMs = Date.now();
  const environment = { [clockVariable]: clockText(timeScale, originMs) };
  const running: ChildProgram[] = [];
  const start = (name: "sim" | "agent" | "gateway", ...args: string[]): ChildProgram => {
    const program = startProgram(name, programs[name], [...args, "--json"], environment);
    running.push(program);
    return program;
  };
  const write = (name: string, document: object): string => {
    writeFileSync(join(folder, name), stringify(document));
    return join(folder, name);
  };
  try {
    const mqttPort = await freePort();
    const gateway = start("gateway", "run", "--config", write("gateway.yaml", gatewayConfig(folder, mqttPort)));
    const { http } = await gateway.waitFor("ready", startMs);
    const sim = start("sim", "plant", "--scenario", write("scenario.yaml", scenario), "--port", "0", "--seed", String(seed));
    const { port } = await sim.waitFor("ready", startMs);
    const agent = start("agent", "run", "--config", write("agent.yaml", agentConfig(folder, mqttPort, Number(port))));
    await agent.waitFor("scoring", 120_000);
    const url = String(http).replace(/\/$/, "");
    const firstPollMs = Number((await sim.waitFor("first_poll", startMs))["wall_ms"]);
    const named = await firstNamed(url);
    assert.deepEqual(
      [named.machine.name, named.failure_mode, named.diagnosis?.cause],
      ["P-201", "VIB", "bearing_outer_race"],
      `seed ${seed}`,
    );
    assert.match(
      named.diagnosis?.text ?? "",
      /^Outer race of the bearing: line at \d+\.\d Hz \(expected \d+\.\d\), \d harmonics, \d+ dB over the floor\.$/,
    );
    const [line] = named.diagnosis?.lines ?? [];
    assert.ok(line !== undefined && line.of === "bpfo" && Math.abs(line.hz / line.expected_hz - 1) < 0.03, JSON.stringify(line));
    const machineNowMs = originMs + (Date.now() - originMs) * timeScale;
    await sleep(Math.max(0, firstPollMs + untilS * 1_000 - machineNowMs) / timeScale);
    assert.deepEqual(
      (await ticketsOf(url)).map(({ machine }) => machine.name),
      ["P-201"],
    );
  } finally {
    for (const program of running.toReversed()) await program.stop();
    rmSync(folder, { recursive: true, force: true });
  }
});

const scenario = {
  sensors: {
    "P-201": { unit: 1, seed: 201, defects: [{ kind: "outer_race", at: `${hurtAtS}s`, grows_over: `${growsS}s` }] },
    "P-202": { unit: 2, seed: 202 },
  },
};

const gatewayConfig = (folder: string, mqttPort: number): GatewayConfigInput => ({
  version: 1,
  data_dir: join(folder, "gateway"),
  http: { port: 0 },
  broker: { kind: "embedded", port: mqttPort },
});

function agentConfig(folder: string, mqttPort: number, simPort: number): AgentConfigInput {
  const machine = (unit: number): AgentConfigInput["machines"][string] => ({
    class: "centrifugal-pump",
    every: "1s",
    learn: { rows: learnRows },
    reads: [
      {
        bus: "sensors",
        unit,
        template: "sim/vibration-sensor",
        every: "1s",
        waveforms: {
          vibration: {
            bearing: { rollers: 16, roller_mm: 8.407, pitch_mm: 71.501, contact_deg: 15.17 },
            speed: "shaft_speed",
            mains_hz: 50,
          },
        },
      },
    ],
  });
  return {
    version: 1,
    agent: "box",
    site: "test/pumps",
    gateway: { url: `mqtt://127.0.0.1:${mqttPort}` },
    data_dir: join(folder, "agent"),
    buses: { sensors: { http: `http://127.0.0.1:${simPort}`, timeout: "2s" } },
    machines: { "P-201": machine(1), "P-202": machine(2) },
  };
}

async function json(url: string): Promise<Record<string, unknown>> {
  return (await (await fetch(url)).json()) as Record<string, unknown>;
}

const ticketsOf = async (url: string) =>
  (await json(`${url}/api/tickets?status=all`))["tickets"] as { id: string; machine: { name: string } }[];

// The first ticket that has a cause; a ticket may be there some rows before its spectrum is.
async function firstNamed(url: string): Promise<Detail> {
  let seen: Detail | null = null;
  for (const endMs = Date.now() + 90_000; Date.now() < endMs; await sleep(300)) {
    for (const { id } of await ticketsOf(url)) {
      seen = (await json(`${url}/api/tickets/${id}`))["ticket"] as Detail;
      if (seen.diagnosis?.cause !== null && seen.diagnosis !== null) return seen;
    }
  }
  throw new Error(`no ticket names a cause: ${JSON.stringify(seen?.diagnosis)}`);
}
