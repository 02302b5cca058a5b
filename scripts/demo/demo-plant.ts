// A plant on a laptop: the simulator with two pumps, an agent for each, the gateway with its broker and pages; five processes, one supervisor.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { AgentConfigInput } from "@millwright/contract/agent-config";
import type { GatewayConfigInput } from "@millwright/contract/gateway-config";
import { clockText, clockVariable } from "@millwright/kit/clock";
import { stringify } from "yaml";
import { type ChildProgram, startProgram } from "../processes/child-program.ts";
import { freePort } from "../processes/free-port.ts";
import { programs } from "../processes/programs.ts";

export const pumps = [
  { name: "P-101", unit: 1, agent: "box-1" },
  { name: "P-102", unit: 2, agent: "box-2" },
] as const;

export type DemoPlant = {
  readonly url: string;
  readonly sim: ChildProgram;
  readonly gateway: ChildProgram;
  readonly agents: readonly ChildProgram[];
  readonly agentLedgers: readonly string[];
  readonly gatewayLedger: string;
  stop(): Promise<void>;
};

export type DemoOptions = {
  folder: string;
  httpPort: number;
  timeScale: number;
  learnRows: number;
  onStarted: (program: ChildProgram) => void;
};

const scenario = fileURLToPath(new URL("../../firmware-sim/scenarios/two-pumps.yaml", import.meta.url));
const startMs = 300_000;

/** Starts everything; `folder` must be there and empty. Rejects with the words of the program that could not start; nothing is left running then. */
export async function startDemoPlant({ folder, httpPort, timeScale, learnRows, onStarted }: DemoOptions): Promise<DemoPlant> {
  const environment = { [clockVariable]: clockText(timeScale, Date.now()) };
  const running: ChildProgram[] = [];
  const start = (name: string, file: string, args: readonly string[]): ChildProgram => {
    const program = startProgram(name, file, [...args, "--json"], environment);
    running.push(program);
    onStarted(program);
    return program;
  };
  // Agents first: what they have read still finds a gateway to take it.
  const stopAll = async (): Promise<void> => {
    const isAgent = ({ name }: ChildProgram): boolean => pumps.some(({ agent }) => agent === name);
    await Promise.all(running.filter(isAgent).map((program) => program.stop()));
    await Promise.all(running.map((program) => program.stop()));
  };
  try {
    const mqttPort = await freePort();
    const gatewayLedger = join(folder, "gateway.ledger");
    const gateway = start("gateway", programs.gateway, [
      "run",
      "--config",
      writeGatewayConfig(folder, httpPort, mqttPort),
      "--ledger",
      gatewayLedger,
    ]);
    const { http } = await gateway.waitFor("ready", startMs);
    const sim = start("simulator", programs.sim, ["plant", "--scenario", scenario, "--port", "0"]);
    const { port } = await sim.waitFor("ready", startMs);
    const agentLedgers = pumps.map(({ agent }) => join(folder, `${agent}.ledger`));
    const agents = pumps.map((pump, n) =>
      start(pump.agent, programs.agent, [
        "run",
        "--config",
        writeAgentConfig(folder, pump, Number(port), mqttPort, learnRows),
        "--ledger",
        agentLedgers[n] as string,
      ]),
    );
    await Promise.all(agents.map((agent) => agent.waitFor("ready", startMs)));
    return {
      url: String(http).replace(/\/$/, ""),
      sim,
      gateway,
      agents,
      agentLedgers,
      gatewayLedger,
      stop: stopAll,
    };
  } catch (error) {
    await stopAll();
    throw error;
  }
}

function writeGatewayConfig(folder: string, httpPort: number, mqttPort: number): string {
  const config: GatewayConfigInput = {
    version: 1,
    data_dir: join(folder, "gateway"),
    http: { port: httpPort },
    broker: { kind: "embedded", port: mqttPort },
  };
  return write(join(folder, "gateway.yaml"), config);
}

function writeAgentConfig(folder: string, pump: (typeof pumps)[number], simPort: number, mqttPort: number, learnRows: number): string {
  const config: AgentConfigInput = {
    version: 1,
    agent: pump.agent,
    site: "laptop/pump-room",
    gateway: { url: `mqtt://127.0.0.1:${mqttPort}` },
    data_dir: join(folder, pump.agent),
    buses: { panel: { tcp: `127.0.0.1:${simPort}`, timeout: "200ms" } },
    machines: {
      [pump.name]: {
        class: "centrifugal-pump",
        every: "1s",
        learn: { rows: learnRows },
        reads: [{ bus: "panel", unit: pump.unit, template: "sim/centrifugal-pump", every: "500ms" }],
      },
    },
  };
  return write(join(folder, `${pump.agent}.yaml`), config);
}

function write(file: string, config: unknown): string {
  writeFileSync(file, stringify(config));
  return file;
}
