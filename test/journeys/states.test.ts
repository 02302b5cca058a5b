// A machine with two running states, whole way: a recording on a Modbus wire, an agent that learns each state by itself, a gateway that says how far it is
// and opens one ticket for a fault that shows in both. The agent is killed on the way. Real processes; machine time runs twenty times as fast.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { AgentConfigInput } from "@millwright/contract/agent-config";
import type { GatewayConfigInput } from "@millwright/contract/gateway-config";
import { clockText, clockVariable } from "@millwright/kit/clock";
import { syntheticRows } from "@millwright/models/evaluation/synthetic-rows";
import { stringify } from "yaml";
import { type ChildProgram, startProgram } from "../../scripts/processes/child-program.ts";
import { freePort } from "../../scripts/processes/free-port.ts";
import { programs } from "../../scripts/processes/programs.ts";

const timeScale = 20;
const startMs = 60_000;
const patienceMs = 120_000;
const seed = 5;
const learnRows = 200;
const faultAt = 640;
const allRows = 880;
/** Unit of the point. */
const faultSize = { vibration: 0.5 };

type Card = { phase: string; missing: string | null; row_ms: number | null };
type Ticket = { machine: { name: string }; signals: { point: string }[]; lineage?: { model_id: string } };

test("a fault that shows in both states of a machine is one ticket; each state is learned by itself, and neither again after a kill", async () => {
  const folder = mkdtempSync(join(tmpdir(), "millwright-states-"));
  const environment = { [clockVariable]: clockText(timeScale, Date.now()) };
  const running: ChildProgram[] = [];
  const start = (name: "sim" | "agent" | "gateway", ...args: string[]): ChildProgram => {
    const program = startProgram(name, programs[name], [...args, "--json"], environment);
    running.push(program);
    return program;
  };
  const write = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  try {
    const mqttPort = await freePort();
    const gateway = start("gateway", "run", "--config", write("gateway.yaml", stringify(gatewayConfig(folder, mqttPort))));
    const url = String((await gateway.waitFor("ready", startMs))["http"]).replace(/\/$/, "");
    const recording = ["--file", write("machine.csv", recordedCsv()), "--profile", write("profile.yaml", stringify(profile))];
    const sim = start("sim", "recording", ...recording, "--port", "0", "--emit", join(folder, "templates"));
    const { port } = await sim.waitFor("ready", startMs);
    const config = write("agent.yaml", stringify(agentConfig(folder, mqttPort, Number(port))));
    const first = start("agent", "run", "--config", config);
    await first.waitFor("scoring", patienceMs);
    const card = await until(
      "one state that is ready",
      () => machineOf(url),
      ({ phase, missing }) => phase === "scoring" && missing !== null,
    );
    assert.match(card.missing ?? "", /^(full|idle): \d+ more healthy rows, about .* of it; (idle|full): ready$|^(full|idle): ready; /);
    for (const state of ["full", "idle"]) await first.waitFor("scoring", patienceMs, (line) => line["state"] === state);
    // What is durable is what the gateway has: rows behind the last baseline.
    const ready = await until(
      "both states to be ready",
      () => machineOf(url),
      ({ missing, row_ms }) => missing === null && row_ms !== null,
    );
    await until(
      "a row behind it",
      () => machineOf(url),
      ({ row_ms }) => (row_ms ?? 0) > (ready.row_ms ?? 0) + 2_000,
    );
    await first.kill();

    const second = start("agent", "run", "--config", config);
    for (const state of ["full", "idle"]) await second.waitFor("scoring", patienceMs, (line) => line["state"] === state);
    const tickets = await until(
      "a ticket",
      () => ticketsOf(url),
      (found) => found.length > 0,
    );
    await sim.waitFor("finished", patienceMs);
    const whole = (await json(`${url}/api/tickets/${tickets[0]?.id}`))["ticket"] as Ticket;
    assert.equal(whole.signals[0]?.point, "vibration", `seed ${seed}`);
    assert.equal((await ticketsOf(url)).length, 1, `seed ${seed}: one ticket, whichever state it is in`);
    assert.equal(
      second.lines.some(({ event }) => event === "learning"),
      false,
      "what was learned was not learned again",
    );
  } finally {
    for (const program of running.toReversed()) await program.stop();
    rmSync(folder, { recursive: true, force: true });
  }
});

const { points, rows, asked } = syntheticRows({ seed, rows: allRows, cycleRows: 60, loads: [0.2, 0.95] });

/** `command`: what the machine is asked for, as its controller says it: 1 idle, 2 full. */
function recordedCsv(): string {
  const names = points.map(({ name }) => name);
  const lines = rows.map(({ values }, n) => {
    const fault = n < faultAt ? 0 : faultSize.vibration;
    const shown = Array.from(values, (value, p) => (names[p] === "vibration" ? value + fault : value).toFixed(4));
    return [...shown, (asked[n] as number) > 0.5 ? 2 : 1].join(",");
  });
  return `${[...names, "command"].join(",")}\n${lines.join("\n")}\n`;
}

const profile = {
  profile: "two-states",
  time: { format: "row" },
  period: "1s",
  machine: { name: "M-1", class: "centrifugal-pump" },
  learn_rows: learnRows,
  points: Object.fromEntries([...points, { name: "command", unit: "1" }].map(({ name, unit }) => [name, { column: name, unit }])),
};

const gatewayConfig = (folder: string, mqttPort: number): GatewayConfigInput => ({
  version: 1,
  data_dir: join(folder, "gateway"),
  http: { port: 0 },
  broker: { kind: "embedded", port: mqttPort },
});

const agentConfig = (folder: string, mqttPort: number, simPort: number): AgentConfigInput => ({
  version: 1,
  agent: "box",
  site: "test/pumps",
  gateway: { url: `mqtt://127.0.0.1:${mqttPort}` },
  data_dir: join(folder, "agent"),
  templates: [join(folder, "templates")],
  buses: { wire: { tcp: `127.0.0.1:${simPort}` } },
  machines: {
    "M-1": {
      class: "centrifugal-pump",
      every: "1s",
      learn: { rows: learnRows },
      reads: [{ bus: "wire", unit: 1, template: "recording/two-states", every: "500ms" }],
      states: { full: "command == 2", idle: "command == 1" },
      settle: "10s",
    },
  },
});

async function json(url: string): Promise<Record<string, unknown>> {
  return (await (await fetch(url)).json()) as Record<string, unknown>;
}

const machineOf = async (url: string): Promise<Card> => ((await json(`${url}/api/machines`))["machines"] as Card[])[0] as Card;

const ticketsOf = async (url: string): Promise<{ id: string }[]> =>
  (await json(`${url}/api/tickets?status=all`))["tickets"] as { id: string }[];

async function until<T>(what: string, look: () => Promise<T>, fits: (seen: T) => boolean): Promise<T> {
  for (const endMs = Date.now() + patienceMs; ; await sleep(200)) {
    const seen = await look();
    if (seen !== undefined && fits(seen)) return seen;
    if (Date.now() > endMs) throw new Error(`${what} did not come: ${JSON.stringify(seen)}`);
  }
}
