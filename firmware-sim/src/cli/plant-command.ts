// `millwright-sim plant`: simulated machines on the wire: on Modbus TCP ports, and on RTU lines.
import { clockFromEnvironment } from "@millwright/kit/clock";
import { type Command, exitCode, numberOption } from "@millwright/kit/command-line";
import { fileOption } from "@millwright/kit/file-trouble";
import { untilShutdown } from "@millwright/kit/shutdown";
import { readYamlFile } from "@millwright/kit/yaml-file";
import { type BuiltMachine, buildMachines } from "../plant/build-machine.ts";
import { startControlServer } from "../plant/control-server.ts";
import { openSensors, type SensorOptions } from "../plant/open-sensors.ts";
import { type OpenWire, openWires, wireName } from "../plant/open-wires.ts";
import { type PlacedMachine, placeMachines } from "../plant/place-machines.ts";
import { Scenario } from "../scenario.ts";
import { sumOfCounts } from "../wire/wire-faults.ts";
import { FileMistakes, goodFile, tellingMistakes } from "./file-mistakes.ts";
import { machineTimer } from "./machine-timer.ts";
import { createTell, type ServedUnit } from "./sim-event.ts";

export const plantCommand: Command = {
  summary: "Serve simulated machines on Modbus TCP and on RTU lines. The time of a machine begins at its first poll.",
  options: {
    scenario: { type: "string", value: "YAML", help: "which machines, on which wires, and what goes wrong with both" },
    port: { type: "string", value: "N", help: "TCP port, 0: any free one (1502)" },
    seed: { type: "string", value: "N", help: "another plant with the same machines (1)" },
    control: { type: "string", value: "PATH", help: "a socket that takes faults while it runs: see millwright-sim wire" },
  },
  run: tellingMistakes(async ({ values, isJson }) => {
    const port = numberOption(values, "port", { min: 0, max: 65_535, fallback: 1502 });
    const seed = numberOption(values, "seed", { min: 0, max: Number.MAX_SAFE_INTEGER, fallback: 1 });
    const { value: scenario, locate } = goodFile(readYamlFile(fileOption(values, "scenario"), Scenario));
    const clock = clockFromEnvironment();
    const tell = createTell({ isJson });
    const wallMs = (): number => Math.round(clock.wallMs());
    const onFirstPoll = ({ name, unit, machine }: PlacedMachine): void => {
      tell({ event: "first_poll", unit, machine: name, wall_ms: wallMs() });
      for (const { kind, at } of machine.ailments)
        machineTimer(clock, at, () => tell({ event: "ailment", machine: name, ailment: kind, wall_ms: wallMs() }));
    };

    const { placed, mistakes } = placeMachines(scenario, port, locate);
    const machines = buildMachines(placed, { seed, clock, locate, onFirstPoll });
    const all = [...mistakes, ...machines.mistakes];
    if (all.length > 0) throw new FileMistakes(all);

    const wires = await openWires(machines.built, scenario.lines, seed);
    const path = values["control"];
    const control = typeof path === "string" ? await controlOrClose(path, machines.built, wires) : null;
    const sensorOptions: SensorOptions = {
      seed,
      clock,
      onFirstPoll(name, { unit, defects }) {
        tell({ event: "first_poll", unit, machine: name, wall_ms: wallMs() });
        for (const { kind, at } of defects)
          machineTimer(clock, at, () => tell({ event: "ailment", machine: name, ailment: kind, wall_ms: wallMs() }));
      },
    };
    const sensors = await openSensors(scenario, sensorOptions).catch(async (error: unknown) => {
      await control?.close();
      await Promise.all(wires.map((wire) => wire.close()));
      throw error;
    });
    const units = [...servedUnits(machines.built, wires), ...sensors.units];
    tell({ event: "ready", port: units.find((unit) => unit.port !== null)?.port ?? null, units });

    await untilShutdown();
    await control?.close();
    await sensors.close();
    const overlaps = wires.reduce((sum, wire) => sum + wire.overlaps, 0);
    await Promise.all(wires.map((wire) => wire.close()));
    const served = machines.built.reduce((sum, machine) => sum + machine.served(), sensors.served());
    const faults = sumOfCounts(machines.built.map(({ faults }) => faults.counts));
    tell({ event: "stopped", served, faults: overlaps > 0 ? { ...faults, overlaps } : faults });
    return exitCode.ok;
  }),
};

async function controlOrClose(path: string, machines: readonly BuiltMachine[], wires: readonly OpenWire[]) {
  try {
    return await startControlServer(path, machines, wires);
  } catch (error) {
    await Promise.all(wires.map((wire) => wire.close()));
    throw error;
  }
}

function servedUnits(machines: readonly BuiltMachine[], wires: readonly OpenWire[]): ServedUnit[] {
  const wireOf = new Map(wires.map((wire) => [wire.name, wire]));
  return machines.map(({ name, unit, template, place }) => {
    const { at } = wireOf.get(wireName(place)) as OpenWire;
    const where = "pty" in at ? { port: null, pty: at.pty } : { port: at.port };
    return { unit, machine: name, template, ...where, ...(place.transport === "tcp" ? {} : { line: place.line }) };
  });
}
