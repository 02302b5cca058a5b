// What the options of `init` say, as far as they say it.
import { MachineClass } from "@millwright/contract/names";
import { type Option, UsageError, type Values } from "@millwright/kit/command-line";
import type { PlannedBus, PlannedMachine } from "./config-plan.ts";

export const initOptions = {
  out: { type: "string", value: "FILE", help: "the file to write (agent.yaml); it is never written over" },
  agent: { type: "string", value: "NAME", help: "the name of this box" },
  site: { type: "string", value: "SITE", help: "where its machines stand, e.g. acme/chicago/line1" },
  gateway: { type: "string", value: "URL", help: "mqtt://HOST:PORT or mqtts://HOST:PORT" },
  tcp: { type: "string", multiple: true, value: "HOST:PORT", help: "a Modbus TCP endpoint; several are the buses net, net2, …" },
  "rtu-tcp": {
    type: "string",
    multiple: true,
    value: "HOST:PORT",
    help: "a serial server that passes RTU frames on; several are the buses rtu, rtu2, …",
  },
  port: { type: "string", multiple: true, value: "PATH", help: "a serial port; several are the buses line, line2, …" },
  http: { type: "string", multiple: true, value: "URL", help: "a device that answers HTTP with JSON; the buses web, web2, …" },
  baud: { type: "string", value: "N", help: "speed of the serial lines (19200)" },
  parity: { type: "string", value: "P", help: "none, even or odd (even)" },
  machine: {
    type: "string",
    multiple: true,
    value: "SPEC",
    help: "NAME=class:template:unit, e.g. P-101=centrifugal-pump:sim/centrifugal-pump:1; @BUS at the end where there are several buses",
  },
  every: { type: "string", value: "T", help: "how often the machines are read (10s)" },
  templates: { type: "string", value: "DIR", help: "a folder with templates of your own, relative to the file" },
} as const satisfies Record<string, Option>;

export type GivenPlan = {
  readonly agent: string | null;
  readonly site: string | null;
  readonly gateway: string | null;
  readonly buses: readonly PlannedBus[];
  readonly machines: readonly PlannedMachine[];
  readonly every: string | null;
  readonly templates: string | null;
};

/** A machine without a bus hangs on the first one. @throws UsageError where a machine is not written as it must be, or stands there twice. */
export function givenPlan(values: Values): GivenPlan {
  const buses = [
    ...many(values["tcp"]).map((tcp, i) => ({ name: numbered("net", i), settings: { tcp } })),
    ...many(values["rtu-tcp"]).map((rtu_tcp, i) => ({ name: numbered("rtu", i), settings: { rtu_tcp } })),
    ...many(values["http"]).map((http, i) => ({ name: numbered("web", i), settings: { http } })),
    ...many(values["port"]).map((port, i) => lineBus(numbered("line", i), { port, baud: values["baud"], parity: values["parity"] })),
  ];
  const machines = many(values["machine"]).map((spec) => machineOf(spec, buses));
  const twice = machines.find(({ name }, i) => machines.findIndex((other) => other.name === name) < i);
  if (twice !== undefined) throw new UsageError(`--machine ${twice.name} is given twice. Give each machine a name of its own.`);
  return {
    agent: text(values["agent"]),
    site: text(values["site"]),
    gateway: text(values["gateway"]),
    buses,
    machines,
    every: text(values["every"]),
    templates: text(values["templates"]),
  };
}

/** Settings that are the default are written out as well: they are what people change first. */
export function lineBus(name: string, { port, baud, parity }: { port: string; baud?: unknown; parity?: unknown }): PlannedBus {
  return { name, settings: { port, baud: Number(baud ?? 19_200), parity: String(parity ?? "even") } };
}

/** net, net2, net3 … */
export const numbered = (name: string, index: number): string => (index === 0 ? name : `${name}${index + 1}`);

const text = (value: Values[string]): string | null => (typeof value === "string" && value !== "" ? value : null);

const many = (value: Values[string]): string[] => (Array.isArray(value) ? value.map(String) : []);

const specPattern = /^(?<name>[^=\s]+)=(?<class>[a-z-]+):(?<template>[^:@\s]+)(?::(?<unit>\d+))?(?:@(?<bus>\S+))?$/;

function machineOf(spec: string, buses: readonly PlannedBus[]): PlannedMachine {
  const parts = specPattern.exec(spec)?.groups;
  const machineClass = MachineClass.options.find((name) => name === parts?.["class"]);
  if (parts === undefined)
    throw new UsageError(`--machine "${spec}" must be NAME=class:template:unit, e.g. P-101=centrifugal-pump:sim/centrifugal-pump:1`);
  if (machineClass === undefined) throw new UsageError(`--machine "${spec}": the class must be one of ${MachineClass.options.join(", ")}`);
  const bus = parts["bus"] ?? buses[0]?.name ?? "";
  if (buses.length > 0 && !buses.some(({ name }) => name === bus))
    throw new UsageError(`--machine "${spec}": there is no bus "${bus}". The options make ${buses.map(({ name }) => name).join(", ")}.`);
  const unit = parts["unit"] === undefined ? null : Number(parts["unit"]);
  return { name: parts["name"] ?? "", class: machineClass, template: parts["template"] ?? "", unit, bus };
}
