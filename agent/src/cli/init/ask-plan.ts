// Asks a person at a terminal for what the options of `init` left open.
import { hostname } from "node:os";
import { BusConfig, baudRates, ReadConfig } from "@millwright/contract/agent-config";
import { MachineClass, MachineName, Site, TopicLevel } from "@millwright/contract/names";
import * as v from "valibot";
import type { TemplateLibrary } from "../../config/template-library.ts";
import { serialPorts } from "../doctor/serial-ports.ts";
import type { Questions } from "../terminal/questions.ts";
import { askTemplate } from "./ask-template.ts";
import type { ConfigPlan, PlannedBus, PlannedMachine } from "./config-plan.ts";
import { type GivenPlan, lineBus, numbered } from "./init-options.ts";

export async function askPlan(given: GivenPlan, library: TemplateLibrary, questions: Questions): Promise<ConfigPlan> {
  const { ask } = questions;
  const agent = given.agent ?? (await ask("Name of this box", { fallback: hostLike(), wrong: against(TopicLevel) }));
  const site =
    given.site ?? (await ask("Where its machines stand, from the outside in", { fallback: "plant/line1", wrong: against(Site) }));
  const gateway =
    given.gateway ?? (await ask("Address of the gateway's broker", { fallback: "mqtt://127.0.0.1:1883", wrong: wrongGateway }));
  const buses = given.buses.length > 0 ? given.buses : await askBuses(questions);
  const machines = given.machines.length > 0 ? given.machines : await askMachines(buses, library, questions);
  const every = given.every ?? (await ask("How often they are read", { fallback: "10s", wrong: against(ReadConfig.entries.every) }));
  return { agent, site, gateway, buses, machines, every, templates: given.templates };
}

// What a schema has against an answer, in its own words.
const against =
  (schema: v.GenericSchema) =>
  (answer: unknown): string | null => {
    const result = v.safeParse(schema, answer);
    return result.success ? null : (result.issues[0]?.message ?? "not this");
  };

const wrongGateway = (answer: string): string | null =>
  /^mqtts?:\/\/[^\s/@]+$/.test(answer) && URL.canParse(answer) ? null : "must be mqtt://host:port or mqtts://host:port";

function hostLike(): string {
  const name = hostname().split(".")[0] ?? "";
  return v.is(TopicLevel, name) ? name : "box-1";
}

const network = "another: Modbus TCP on the network";
const otherPort = "another serial port";

async function askBuses(questions: Questions): Promise<PlannedBus[]> {
  const ports = serialPorts().map(({ path, byId }) => byId ?? path);
  const buses: PlannedBus[] = [];
  do {
    questions.say(buses.length === 0 ? "What is connected to this box?" : "And what else?");
    const choice = await questions.choose("Bus", [...ports, network, otherPort]);
    buses.push(choice === network ? await askTcp(buses, questions) : await askLine(buses, choice === otherPort ? null : choice, questions));
  } while (await isYes(questions, "Another bus?"));
  return buses;
}

async function askTcp(buses: readonly PlannedBus[], { ask }: Questions): Promise<PlannedBus> {
  const tcp = await ask("Address of the device, HOST:PORT", { wrong: against(BusConfig.entries.tcp) });
  return { name: numbered("net", buses.filter(({ settings }) => "tcp" in settings).length), settings: { tcp } };
}

async function askLine(buses: readonly PlannedBus[], known: string | null, { ask, choose }: Questions): Promise<PlannedBus> {
  const port = known ?? (await ask("Path of the port", { fallback: "/dev/ttyUSB0", wrong: against(BusConfig.entries.port) }));
  const isRate = (answer: string): boolean => baudRates.some((rate) => rate === Number(answer));
  const baud = await ask("Speed in baud", {
    fallback: "19200",
    wrong: (answer) => (isRate(answer) ? null : `one of ${baudRates.join(", ")}`),
  });
  const parity = await choose("Parity", ["even", "none", "odd"]);
  return lineBus(numbered("line", buses.filter(({ settings }) => "port" in settings).length), { port, baud, parity });
}

async function askMachines(buses: readonly PlannedBus[], library: TemplateLibrary, questions: Questions): Promise<PlannedMachine[]> {
  const machines: PlannedMachine[] = [];
  do machines.push(await askMachine(machines, buses, library, questions));
  while (await isYes(questions, "Another machine?"));
  return machines;
}

async function askMachine(
  machines: readonly PlannedMachine[],
  buses: readonly PlannedBus[],
  library: TemplateLibrary,
  questions: Questions,
): Promise<PlannedMachine> {
  const isTaken = (name: string): boolean => machines.some((machine) => machine.name === name);
  const wrongName = (name: string): string | null => (isTaken(name) ? "there is one of this name already" : against(MachineName)(name));
  const name = await questions.ask("Name painted on the machine, e.g. P-101", { wrong: wrongName });
  const machineClass = (await questions.choose("What it is", MachineClass.options)) as MachineClass;
  const template = await askTemplate(library, questions);
  const bus =
    buses.length === 1
      ? (buses[0]?.name ?? "")
      : await questions.choose(
          "On which bus",
          buses.map(({ name }) => name),
        );
  const wrongUnit = (answer: string): string | null =>
    against(v.nonOptional(ReadConfig.entries.unit))(/^\d+$/.test(answer) ? Number(answer) : answer);
  const unit = template.hasUnits ? Number(await questions.ask("Its unit number on the bus", { fallback: "1", wrong: wrongUnit })) : null;
  return { name, class: machineClass, template: template.name, unit, bus };
}

const isYes = async ({ ask }: Questions, question: string): Promise<boolean> =>
  (await ask(`${question} y/n`, { fallback: "n", wrong: (answer) => (/^[yn]/i.test(answer) ? null : "y or n, please") }))
    .toLowerCase()
    .startsWith("y");
