// Asks for one machine: its name, what it is, and how it is read.
import { ReadConfig } from "@millwright/contract/agent-config";
import { MachineClass, MachineName } from "@millwright/contract/names";
import * as v from "valibot";
import type { Questions } from "../terminal/questions.ts";
import { against } from "./against.ts";
import { askTemplate, type ListedTemplate } from "./ask-template.ts";
import type { PlannedBus, PlannedMachine } from "./config-plan.ts";

export type KnownSoFar = {
  readonly machines: readonly PlannedMachine[];
  readonly buses: readonly PlannedBus[];
  readonly templates: readonly ListedTemplate[];
};

export async function askMachine({ machines, buses, templates }: KnownSoFar, questions: Questions): Promise<PlannedMachine> {
  const isTaken = (name: string): boolean => machines.some((machine) => machine.name === name);
  const wrongName = (name: string): string | null => (isTaken(name) ? "there is one of this name already" : against(MachineName)(name));
  const name = await questions.ask("Name painted on the machine, e.g. P-101", { wrong: wrongName });
  const machineClass = (await questions.choose("What it is", MachineClass.options)) as MachineClass;
  const bus = await askBus(buses, questions);
  const fitting = templates.filter(({ protocol }) => protocolsOf(bus).includes(protocol));
  const template = await askTemplate(fitting, questions);
  const unit = template.hasUnits ? Number(await questions.ask("Its unit number", { fallback: "1", wrong: wrongUnit })) : null;
  return { name, class: machineClass, template: template.name, unit, bus: bus.name };
}

async function askBus(buses: readonly PlannedBus[], { choose }: Questions): Promise<PlannedBus> {
  const names = buses.map(({ name, settings }) => `${name} (${Object.values(settings)[0]})`);
  const chosen = names.length === 1 ? 0 : names.indexOf(await choose("On which bus", names));
  return buses[chosen] as PlannedBus;
}

/** What can be spoken on a bus. */
function protocolsOf({ settings }: PlannedBus): readonly string[] {
  if ("tcp" in settings || "rtu_tcp" in settings) return ["modbus"];
  return "http" in settings ? ["http-json"] : ["modbus", "serial-text"];
}

const wrongUnit = (answer: string): string | null =>
  against(v.nonOptional(ReadConfig.entries.unit))(/^\d+$/.test(answer) ? Number(answer) : -1);
