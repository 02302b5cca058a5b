// What a whole program is measured on: simulated devices, mosquitto and a subscriber that confirms, each as a process; our agent when it is asked for.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type ChildProgram, startProgram } from "../../../scripts/processes/child-program.ts";
import { freePort } from "../../../scripts/processes/free-port.ts";
import { programs } from "../../../scripts/processes/programs.ts";
import { hasMosquitto, startMosquitto } from "../../journeys/mosquitto.ts";
import { type AgentConfigOptions, writeAgentConfig } from "./agent-config.ts";

export type BenchPlant = {
  /** Of the devices, one port each from `firstPort` on. */
  readonly firstPort: number;
  readonly brokerPort: number;
  /** For files of the run; gone when it stops. */
  readonly folder: string;
  readonly subscriber: ChildProgram;
  /** Ready, with an empty data folder. */
  startAgent(environment?: NodeJS.ProcessEnv): Promise<ChildProgram>;
  stop(): Promise<void>;
};

const firstPort = 21_000;

/** @throws where mosquitto is missing, or one of them does not become ready */
export async function startPlant(layout: Pick<AgentConfigOptions, "devices" | "points" | "everyMs">): Promise<BenchPlant> {
  if (!hasMosquitto()) throw new Error("mosquitto is missing: run scripts/install-test-tools.sh");
  const folder = mkdtempSync(join(tmpdir(), "millwright-bench-"));
  const brokerPort = await freePort();
  const scenario = join(folder, "scenario.yaml");
  await writeAgentConfig({ ...layout, folder, scenario, firstPort, brokerPort });
  const broker = await startMosquitto(folder, brokerPort);
  const sim = startProgram("sim", programs.sim, ["plant", "--scenario", scenario, "--json"]);
  const program = fileURLToPath(new URL("subscriber.ts", import.meta.url));
  const subscriber = startProgram("subscriber", program, [String(brokerPort), String(layout.everyMs)]);
  const stop = async (): Promise<void> => {
    await Promise.all([sim.stop(), subscriber.stop()]);
    await broker.kill();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await sim.waitFor("ready", 30_000);
    await subscriber.waitFor("ready", 10_000);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    firstPort,
    brokerPort,
    folder,
    subscriber,
    async startAgent(environment) {
      rmSync(join(folder, "data"), { recursive: true, force: true });
      const agent = startProgram("agent", programs.agent, ["run", "--config", join(folder, "agent.yaml"), "--json"], environment);
      await agent.waitFor("ready", 60_000);
      return agent;
    },
    stop,
  };
}
