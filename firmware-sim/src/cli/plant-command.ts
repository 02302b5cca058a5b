// `millwright-sim plant`: simulated machines on the wire, one unit each.

import { fileURLToPath } from "node:url";
import { RegisterTemplate } from "@millwright/contract/register-template";
import { templateFolder } from "@millwright/contract/template-folder";
import { type Clock, clockFromEnvironment } from "@millwright/kit/clock";
import { type Command, exitCode, numberOption, requiredOption } from "@millwright/kit/command-line";
import { untilShutdown } from "@millwright/kit/shutdown";
import { type FileIssue, type Locate, readYamlFile } from "@millwright/kit/yaml-file";
import { createMachineDevice, type MachineDevice } from "../machines/machine-device.ts";
import { machineKinds } from "../machines/machine-kinds.ts";
import { createRandom } from "../random/random.ts";
import { Scenario, type ScenarioMachine } from "../scenario.ts";
import { type ModbusTcpServer, startModbusTcpServer } from "../wire/modbus-tcp-server.ts";
import { FileMistakes, goodFile, tellingMistakes } from "./file-mistakes.ts";
import { machineTimer } from "./machine-timer.ts";
import { createTell, type Tell } from "./sim-event.ts";

type Placed = { name: string; machine: ScenarioMachine; port: number; device: MachineDevice };

export const plantCommand: Command = {
  summary: "Serve simulated machines on Modbus TCP, one unit each. The time of a machine begins at its first poll.",
  options: {
    scenario: { type: "string", value: "YAML", help: "which machines, and what goes wrong with them" },
    port: { type: "string", value: "N", help: "TCP port, 0: any free one (1502)" },
    seed: { type: "string", value: "N", help: "another plant with the same machines (1)" },
  },
  run: tellingMistakes(async ({ values, isJson }) => {
    const port = numberOption(values, "port", { min: 0, max: 65_535, fallback: 1502 });
    const seed = numberOption(values, "seed", { min: 0, max: Number.MAX_SAFE_INTEGER, fallback: 1 });
    const { value: scenario, locate } = goodFile(readYamlFile(requiredOption(values, "scenario"), Scenario));
    const doubled = sharedUnits(scenario, port, locate);
    if (doubled.length > 0) throw new FileMistakes(doubled);
    const clock = clockFromEnvironment();
    const tell = createTell({ isJson });
    const placed = Object.entries(scenario.machines).map(
      ([name, machine]): Placed => ({ name, machine, port: machine.port ?? port, device: build({ name, machine, seed, clock, tell }) }),
    );
    const servers = await listenAll(placed);
    const portOf = (asked: number): number => servers.get(asked)?.port ?? asked;
    const units = placed.map(({ name, machine, port }) => ({
      port: portOf(port),
      unit: machine.unit,
      machine: name,
      template: machineKinds[machine.kind].template,
    }));
    tell({ event: "ready", port: units[0]?.port ?? port, units });

    await untilShutdown();
    await Promise.all([...servers.values()].map((server) => server.close()));
    tell({ event: "stopped", served: placed.reduce((sum, { device }) => sum + device.served(), 0) });
    return exitCode.ok;
  }),
};

function build({
  name,
  machine,
  seed,
  clock,
  tell,
}: {
  name: string;
  machine: ScenarioMachine;
  seed: number;
  clock: Clock;
  tell: Tell;
}): MachineDevice {
  const kind = machineKinds[machine.kind];
  const file = fileURLToPath(new URL(`${kind.template}.yaml`, templateFolder));
  const { value: template } = goodFile(readYamlFile(file, RegisterTemplate));
  const ailments = machine.ailments.map(({ kind, at, grows_over }) => ({ kind, atMs: at, growsOverMs: grows_over }));
  const wall = (): number => Math.round(clock.wallMs());
  return createMachineDevice({
    kind,
    template,
    unit: machine.unit,
    ailments,
    clock,
    random: createRandom(`${seed}/${name}/${machine.seed}`),
    onFirstPoll() {
      tell({ event: "first_poll", unit: machine.unit, machine: name, wall_ms: wall() });
      for (const { kind, atMs } of ailments)
        machineTimer(clock, atMs, () => tell({ event: "ailment", machine: name, ailment: kind, wall_ms: wall() }));
    },
  });
}

async function listenAll(placed: readonly Placed[]): Promise<Map<number, ModbusTcpServer>> {
  const servers = new Map<number, ModbusTcpServer>();
  try {
    for (const [port, here] of Map.groupBy(placed, (one) => one.port)) {
      servers.set(port, await startModbusTcpServer({ port, devices: here.map(({ device }) => device) }));
    }
    return servers;
  } catch (error) {
    await Promise.all([...servers.values()].map((server) => server.close()));
    throw error;
  }
}

// Two machines may not answer to the same unit of the same port.
function sharedUnits({ machines }: Scenario, port: number, locate: Locate): FileIssue[] {
  const owners = new Map<string, string>();
  return Object.entries(machines).flatMap(([name, machine]) => {
    const place = `unit ${machine.unit} of port ${machine.port ?? port}`;
    const owner = owners.get(place);
    owners.set(place, owner ?? name);
    return owner === undefined
      ? []
      : [locate(["machines", name, "unit"], `${place} is taken by ${owner} already. Give ${name} another unit or port.`)];
  });
}
