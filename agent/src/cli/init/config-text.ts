// A plan → the text of an agent.yaml, with the comments that a person needs who opens it for the first time. Pure but for the schema's place.
import { fileURLToPath } from "node:url";
import { parseDuration } from "@millwright/contract/duration";
import type { MachineClass } from "@millwright/contract/names";
import { templateFolder } from "@millwright/contract/template-folder";
import { stringify } from "yaml";
import { durationText } from "../../config/check-periods.ts";
import { looksLikePeak } from "../../config/resolve-zones.ts";
import type { TemplateLibrary } from "../../config/template-library.ts";
import type { ConfigPlan, PlannedBus, PlannedMachine } from "./config-plan.ts";

const schema = fileURLToPath(new URL("../schemas/agent.schema.json", templateFolder));

/** `file`: its name, for the comment that says how to check it. */
export function configText(plan: ConfigPlan, file: string, library: TemplateLibrary): string {
  return `# What the agent on this box reads, and where it sends what it finds.  millwright-agent check --config ${file}
# yaml-language-server: $schema=${schema}
version: 1
agent: ${scalar(plan.agent)} # this box, unique at its gateway
site: ${scalar(plan.site)} # where its machines stand, from the outside in
gateway:
  url: ${scalar(plan.gateway)} # mqtts:// for TLS
  # username: ${plan.agent}
  # password_file: ./gateway.secret # only the password in it, mode 600
data_dir: ./millwright-data # everything the agent keeps; relative to this file
${plan.templates === null ? "" : `templates: [${scalar(plan.templates)}] # device types of your own\n`}
buses: # a bus is one serial line, or one address on the network
${plan.buses.map((bus) => busText(bus, plan, library)).join("")}
machines:
${plan.machines.map((machine) => machineText(machine, plan.every, library)).join("")}
buffer: { max: 2GB, keep: 7d } # what may wait on the disk while the gateway is away
`;
}

const scalar = (value: string | number): string => stringify(value, { lineWidth: 0 }).trim();

// What is spoken on a serial port follows from the devices on it.
function busText({ name, settings }: PlannedBus, { machines }: ConfigPlan, library: TemplateLibrary): string {
  const isText = machines.some(({ bus, template }) => bus === name && protocolOf(library, template) === "serial-text");
  const entries = Object.entries(isText ? { ...settings, protocol: "text" } : settings).map(([key, value]) => `${key}: ${inFlow(value)}`);
  return `  ${name}: { ${entries.join(", ")}, timeout: 500ms, retries: 1 }\n`;
}

// In a flow mapping a text with , [ ] { } or : needs quotes.
const inFlow = (value: string | number): string =>
  typeof value === "string" && !/^[A-Za-z0-9/_.-]+$/.test(value) ? JSON.stringify(value) : scalar(value);

function protocolOf(library: TemplateLibrary, template: string): string | null {
  const found = library.find(template);
  return found.kind === "good" ? found.template.protocol : null;
}

function machineText({ name, class: machineClass, template, unit, bus }: PlannedMachine, every: string, library: TemplateLibrary): string {
  const found = library.find(template);
  const points = found.kind === "good" ? Object.entries(found.template.points) : [];
  // A device that counts its rows is read twice as often, so that none is missed.
  const isCounted = points.some(([, { role }]) => role === "update_counter");
  const readEvery = isCounted ? durationText((parseDuration(every) ?? 0) / 2) : every;
  const limits = points.flatMap(([point, { limits }]) =>
    limits === undefined
      ? []
      : [`    #   ${point}: ${JSON.stringify(limits).replaceAll('"', "").replaceAll(":", ": ").replaceAll(",", ", ")}\n`],
  );
  const title = found.kind === "good" ? ` # ${found.template.title}` : "";
  return `  ${scalar(name)}:
    class: ${machineClass}
    every: ${every} # one row for the model so often
    reads:
      - { bus: ${bus}, ${unit === null ? "" : `unit: ${unit}, `}template: ${template}, every: ${readEvery} }${title}
    # running_when: POINT > 0 # a condition over its points: while it does not hold, the machine is neither judged nor learned
    # settle: 30s # nor for so long after a start
${zonesText(machineClass, points)}${limits.length === 0 ? "    # limits: # they alarm from the first minute on, with or without a model\n    #   POINT: { warning_high: 1, critical_high: 2 }\n" : `    # limits: # the template's; other ones for this machine replace them, point by point\n${limits.join("")}`}`;
}

// What a machine is exactly, and what it stands on, only a person can say.
function zonesText(machineClass: MachineClass, points: readonly (readonly [name: string, point: { unit: string }])[]): string {
  const velocities = points.flatMap(([name, { unit }]) => (unit === "mm/s" && !looksLikePeak(name) ? [name] : []));
  const standard =
    machineClass === "centrifugal-pump"
      ? "standard: iso-10816-7, category: II, power: up_to_200_kw"
      : "standard: iso-20816-3, group: 2, support: rigid";
  return velocities.length === 0
    ? ""
    : `    # vibration_zones: { ${standard}, points: [${velocities.join(", ")}] } # zone C is a warning, D critical\n`;
}
