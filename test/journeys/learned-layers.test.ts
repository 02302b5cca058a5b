// The whole way of the layers that learn beside the baseline, as real processes: a simulated device on a real wire, the agent, the gateway, a ticket.
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
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

const startMs = 60_000;
const patienceMs = 120_000;

type Plant = {
  folder: string;
  /** @returns its path */
  write(name: string, content: string | object): string;
  start(name: keyof typeof programs, ...args: string[]): ChildProgram;
  agentConfig(machine: AgentConfigInput["machines"][string], rest: Pick<AgentConfigInput, "buses"> & Partial<AgentConfigInput>): string;
  /** What the page Machines is told of its first layer, once it is this. */
  layerShown(is: (layer: LayerShown) => boolean): Promise<LayerShown>;
  /** The first ticket, once there is one. */
  ticket(): Promise<Ticket>;
};
type LayerShown = { layer: string; points: string[]; readiness: number; text: string | null };
type Ticket = {
  failure_mode: string;
  layer: string;
  layer_text: string;
  summary: string;
  signals: { point: string; baseline: number | null; now: number | null }[];
};

async function inPlant(timeScale: number, play: (plant: Plant) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "millwright-layers-"));
  const environment = { [clockVariable]: clockText(timeScale, Date.now()) };
  const running: ChildProgram[] = [];
  const start: Plant["start"] = (name, ...args) => {
    const program = startProgram(name, programs[name], [...args, "--json"], environment);
    running.push(program);
    return program;
  };
  const write: Plant["write"] = (name, content) => {
    writeFileSync(join(folder, name), typeof content === "string" ? content : stringify(content));
    return join(folder, name);
  };
  try {
    const mqttPort = await freePort();
    const gateway: GatewayConfigInput = {
      version: 1,
      data_dir: join(folder, "gateway"),
      http: { port: 0 },
      broker: { kind: "embedded", port: mqttPort },
    };
    const { http } = await start("gateway", "run", "--config", write("gateway.yaml", gateway)).waitFor("ready", startMs);
    const json = async (path: string) => (await (await fetch(new URL(path, String(http)))).json()) as Record<string, unknown>;
    const agentConfig: Plant["agentConfig"] = (machine, rest) =>
      write("agent.yaml", {
        version: 1,
        agent: "box",
        site: "test",
        gateway: { url: `mqtt://127.0.0.1:${mqttPort}` },
        data_dir: join(folder, "agent"),
        ...rest,
        machines: { "M-1": machine },
      } satisfies AgentConfigInput);
    const layerShown: Plant["layerShown"] = async (is) => {
      for (const endMs = Date.now() + patienceMs; Date.now() < endMs; await sleep(200)) {
        const [card] = (await json("/api/machines"))["machines"] as { layers: LayerShown[] }[];
        const layer = card?.layers[0];
        if (layer !== undefined && is(layer)) return layer;
      }
      throw new Error("no such state came");
    };
    const ticket: Plant["ticket"] = async () => {
      for (const endMs = Date.now() + patienceMs; Date.now() < endMs; await sleep(200)) {
        const [card] = (await json("/api/tickets?status=all"))["tickets"] as { id: string }[];
        if (card !== undefined) return (await json(`/api/tickets/${card.id}`))["ticket"] as Ticket;
      }
      throw new Error("no ticket came");
    };
    await play({ folder, write, start, agentConfig, layerShown, ticket });
  } finally {
    for (const program of running.toReversed()) await program.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

test("a power meter with days, read every ten minutes, alone: a value between night and day is a ticket, also after the agent was killed", async () => {
  const rowsADay = 144;
  const usual = (row: number): number => (row % rowsADay < 72 ? 20 : 80) + Math.sin(row * row);
  const values = Array.from({ length: 2_000 }, (_, row) => (row >= 500 ? 50 : usual(row)));
  const profile = {
    profile: "meter",
    time: { format: "row" },
    period: "10m",
    machine: { name: "M-1", class: "other" },
    learn_rows: 200,
    points: { power: { column: "power", unit: "kW" } },
  };
  await inPlant(10_000, async ({ folder, write, start, agentConfig, ticket }) => {
    const [file, how] = [write("meter.csv", `power\n${values.join("\n")}\n`), write("profile.yaml", profile)];
    const sim = start("sim", "recording", "--file", file, "--profile", how, "--port", "0", "--emit", join(folder, "templates"));
    const { port } = await sim.waitFor("ready", startMs);
    mkdirSync(join(folder, "refused"));
    write("refused/manifest.json", "{}");
    const config = agentConfig(
      {
        class: "other",
        every: "10m",
        // What is said comes from the layer alone.
        model: "./refused",
        learn: { rows: 200 },
        novelty: "power",
        reads: [{ bus: "panel", unit: 1, template: "recording/meter", every: "5m" }],
      },
      { templates: [join(folder, "templates")], buses: { panel: { tcp: `127.0.0.1:${String(port)}`, timeout: "500ms" } } },
    );
    const first = start("agent", "run", "--config", config);
    await first.waitFor("layer", startMs, ({ layer, isReady }) => layer === "novelty" && isReady === false);
    await first.waitFor("layer", patienceMs, ({ isReady }) => isReady === true);
    // It is said with the row that made it ready, which is on the disk a moment later.
    await sleep(300);
    await first.kill();
    const again = start("agent", "run", "--config", config);
    const { text } = await again.waitFor("layer", startMs);
    assert.equal(text, "novelty of power is watched", "what it had seen before the kill is not forgotten");
    const { layer, summary, signals } = await ticket();
    assert.equal(layer, "novelty", summary);
    assert.match(
      summary,
      /^Power is (49|5\d(\.\d)?) kW, it was [\d.]+ as a rule; it shows a value it never had, or never at this time of day/,
    );
    assert.deepEqual(
      signals.map(({ point }) => point),
      ["power"],
    );
  });
});

test("a bearing whose outer race spalls, by its waveforms over HTTP: its wear is a ticket with its levels then and now", async () => {
  const scenario = { sensors: { "M-1": { unit: 1, seed: 22, defects: [{ kind: "outer_race", at: "260s", grows_over: "60s" }] } } };
  await inPlant(10, async ({ write, start, agentConfig, layerShown, ticket }) => {
    const sim = start("sim", "plant", "--scenario", write("scenario.yaml", scenario), "--port", "0");
    const { port } = await sim.waitFor("ready", startMs);
    const config = agentConfig(
      {
        class: "centrifugal-pump",
        every: "1s",
        learn: { rows: 100_000 },
        wear: { points: ["vibration_rms", "vibration_hf_rms"], bands: ["vibration_band_2", "vibration_band_3"], every: "1s" },
        reads: [{ bus: "sensors", unit: 1, template: "sim/vibration-sensor", every: "1s" }],
      },
      { buses: { sensors: { http: `http://127.0.0.1:${String(port)}`, timeout: "2s" } } },
    );
    const agent = start("agent", "run", "--config", config);
    const first = await layerShown(() => true);
    assert.deepEqual([first.layer, first.points[0]], ["wear", "vibration_rms"]);
    if (first.readiness < 1)
      assert.match(first.text ?? "", /^Not yet watched for wear \(vibration RMS, vibration HF RMS.*\): \d+ more snapshots/);
    await agent.waitFor("layer", patienceMs, ({ layer, isReady }) => layer === "wear" && isReady === true);
    assert.equal((await layerShown(({ text }) => text === null)).readiness, 1);
    const { layer, failure_mode, summary, signals } = await ticket();
    assert.deepEqual([layer, failure_mode], ["wear", "VIB"], summary);
    assert.match(summary, /; its vibration has grown beyond its own learned level, as that of a bearing that wears/);
    const grown = signals.find(({ point }) => point === "vibration_hf_rms");
    assert.ok(grown !== undefined && (grown.now ?? 0) > (grown.baseline ?? Number.POSITIVE_INFINITY), JSON.stringify(signals));
  });
});
