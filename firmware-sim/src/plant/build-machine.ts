// One placed machine → its device on the wire, behind its own faults.
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { DeviceTemplate } from "@millwright/contract/device-template";
import type { RegisterTemplate } from "@millwright/contract/register-template";
import { templateFolder } from "@millwright/contract/template-folder";
import { messageOf } from "@millwright/kit/fault";
import { nearest } from "@millwright/kit/nearest";
import { type FileIssue, type Locate, readYamlFile } from "@millwright/kit/yaml-file";
import { createAddressDevice } from "../machines/address-device.ts";
import { createMachineDevice, type MachineDevice, type MachineDeviceOptions } from "../machines/machine-device.ts";
import { machineKinds } from "../machines/machine-kinds.ts";
import { createSignalsDevice, signalTemplates } from "../machines/signals-device.ts";
import { createTemplateDevice } from "../machines/template-device.ts";
import { createRandom } from "../random/random.ts";
import { behindFaults, type WireDevice } from "../wire/wire-device.ts";
import { createWireFaults, type WireFaults } from "../wire/wire-faults.ts";
import type { PlacedMachine } from "./place-machines.ts";

export type BuiltMachine = PlacedMachine & {
  /** As an agent's configuration names it; null where there is none. */
  readonly template: string | null;
  readonly device: WireDevice;
  readonly faults: WireFaults;
  /** Rows that were on the wire so far. */
  served(): number;
};

export type BuildOptions = {
  seed: number;
  clock: MachineDeviceOptions<unknown>["clock"];
  onFirstPoll: (machine: PlacedMachine) => void;
  locate: Locate;
};

/** Builds them all; each template is read once. A template that cannot be served is a mistake of the scenario. */
export function buildMachines(placed: readonly PlacedMachine[], options: BuildOptions): { built: BuiltMachine[]; mistakes: FileIssue[] } {
  const templates = new Map<string, RegisterTemplate | FileIssue[]>();
  const mistakes: FileIssue[] = [];
  const built = placed.flatMap((one): BuiltMachine[] => {
    const name = templateOf(one);
    const template = name === null ? null : (templates.get(name) ?? readTemplate(name, one, options.locate));
    if (name !== null && template !== null) templates.set(name, template);
    if (Array.isArray(template)) {
      mistakes.push(...template);
      return [];
    }
    try {
      const device = deviceOf(one, template, options);
      const faults = createWireFaults(`${options.seed}/${one.name}`, one.wire);
      return [{ ...one, template: name, device: behindFaults(device, faults), faults, served: () => device.served() }];
    } catch (error) {
      mistakes.push(options.locate(["machines", one.entry, "template"], `${name} cannot be served: ${messageOf(error)}`));
      return [];
    }
  });
  return { built, mistakes };
}

function templateOf({ machine }: PlacedMachine): string | null {
  if (machine.kind === "addresses") return null;
  if (machine.kind === "template") return machine.template ?? null;
  return machine.kind === "signals" ? signalTemplates[machine.points ?? 30] : machineKinds[machine.kind].template;
}

function readTemplate(name: string, { entry }: PlacedMachine, locate: Locate): RegisterTemplate | FileIssue[] {
  if (!/^[a-z0-9-]+\/[a-z0-9-]+$/.test(name))
    return [locate(["machines", entry, "template"], `"${name}" is no device type. Write vendor/device, e.g. sim/signals-30`)];
  const read = readYamlFile(fileURLToPath(new URL(`${name}.yaml`, templateFolder)), DeviceTemplate);
  if (read.ok && read.value.protocol === "modbus") return read.value;
  if (read.ok) {
    const message = `${name} is a template for ${read.value.protocol}, and only those for Modbus can be served. Choose another.`;
    return [locate(["machines", entry, "template"], message)];
  }
  const isThere = read.issues.every(({ line }) => line !== null);
  return isThere ? read.issues : [locate(["machines", entry, "template"], `there is no template "${name}"${didYouMean(name)}`)];
}

function didYouMean(name: string): string {
  const files = readdirSync(templateFolder, { recursive: true, encoding: "utf8" });
  const near = nearest(
    name,
    files.filter((file) => file.endsWith(".yaml")).map((file) => file.replace(/\.yaml$/, "")),
  );
  return near === undefined ? ". contract/templates has them all" : `. Did you mean "${near}"?`;
}

function deviceOf(one: PlacedMachine, template: RegisterTemplate | null, { seed, clock, onFirstPoll }: BuildOptions): MachineDevice {
  const { machine, unit, name } = one;
  const random = createRandom(`${seed}/${name}/${machine.seed}`);
  if (template === null) return createAddressDevice(unit);
  if (machine.kind === "signals") return createSignalsDevice({ points: machine.points ?? 30, unit, random, clock });
  if (machine.kind === "centrifugal-pump") {
    const ailments = machine.ailments.map(({ kind, at, grows_over }) => ({ kind, atMs: at, growsOverMs: grows_over }));
    const kind = machineKinds[machine.kind];
    return createMachineDevice({ kind, template, unit, ailments, clock, random, onFirstPoll: () => onFirstPoll(one) });
  }
  return createTemplateDevice({ template, unit, random, clock });
}
