// Asks a person at a terminal for what the options of `init` left open.
import { hostname } from "node:os";
import { BusConfig, baudRates, ReadConfig } from "@millwright/contract/agent-config";
import { Site, TopicLevel } from "@millwright/contract/names";
import * as v from "valibot";
import type { TemplateLibrary } from "../../config/template-library.ts";
import { serialPorts } from "../doctor/serial-ports.ts";
import type { Questions } from "../terminal/questions.ts";
import { against } from "./against.ts";
import { askMachine } from "./ask-machine.ts";
import { listTemplates } from "./ask-template.ts";
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
  const machines =
    given.machines.length > 0 ? given.machines.map((one) => onBus(one, buses)) : await askMachines(buses, library, questions);
  const every = given.every ?? (await ask("How often they are read", { fallback: "10s", wrong: against(ReadConfig.entries.every) }));
  return { agent, site, gateway, buses, machines, every, templates: given.templates };
}

const onBus = (machine: PlannedMachine, [first]: readonly PlannedBus[]): PlannedMachine =>
  machine.bus === "" && first !== undefined ? { ...machine, bus: first.name } : machine;

const wrongGateway = (answer: string): string | null =>
  /^mqtts?:\/\/[^\s/@]+$/.test(answer) && URL.canParse(answer) ? null : "must be mqtt://host:port or mqtts://host:port";

function hostLike(): string {
  const name = hostname().split(".")[0] ?? "";
  return v.is(TopicLevel, name) ? name : "box-1";
}

const network = "Modbus TCP on the network";
const serialServer = "RTU over TCP: a serial server on the network";
const web = "HTTP with JSON on the network";
const otherPort = "another serial port";

async function askBuses(questions: Questions): Promise<PlannedBus[]> {
  const ports = serialPorts().map(({ path, byId }) => byId ?? path);
  const buses: PlannedBus[] = [];
  do {
    questions.say(buses.length === 0 ? "What is connected to this box?" : "And what else?");
    const choice = await questions.choose("Bus", [...ports, network, serialServer, web, otherPort]);
    if (choice === network) buses.push(await askTcp(buses, questions));
    else if (choice === serialServer) buses.push(await askSerialServer(buses, questions));
    else if (choice === web) buses.push(await askWeb(buses, questions));
    else buses.push(await askLine(buses, choice === otherPort ? null : choice, questions));
  } while (await isYes(questions, "Another bus?"));
  return buses;
}

async function askTcp(buses: readonly PlannedBus[], { ask }: Questions): Promise<PlannedBus> {
  const tcp = await ask("Address of the device, HOST:PORT", { wrong: against(BusConfig.entries.tcp) });
  return { name: numbered("net", buses.filter(({ settings }) => "tcp" in settings).length), settings: { tcp } };
}

async function askSerialServer(buses: readonly PlannedBus[], { ask }: Questions): Promise<PlannedBus> {
  const rtu_tcp = await ask("Address of the serial server, HOST:PORT", { wrong: against(BusConfig.entries.rtu_tcp) });
  return { name: numbered("rtu", buses.filter(({ settings }) => "rtu_tcp" in settings).length), settings: { rtu_tcp } };
}

async function askWeb(buses: readonly PlannedBus[], { ask }: Questions): Promise<PlannedBus> {
  const http = await ask("Address of the device, http://HOST", { wrong: against(BusConfig.entries.http) });
  return { name: numbered("web", buses.filter(({ settings }) => "http" in settings).length), settings: { http } };
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
  const templates = listTemplates(library);
  const machines: PlannedMachine[] = [];
  do machines.push(await askMachine({ machines, buses, templates }, questions));
  while (await isYes(questions, "Another machine?"));
  return machines;
}

const isYes = async ({ ask }: Questions, question: string): Promise<boolean> =>
  (await ask(`${question} y/n`, { fallback: "n", wrong: (answer) => (/^[yn]/i.test(answer) ? null : "y or n, please") }))
    .toLowerCase()
    .startsWith("y");
