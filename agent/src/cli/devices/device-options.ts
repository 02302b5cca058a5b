// Which devices `read` and `watch` talk to: machines of a configuration, or one device that the options describe.
import { type Option, UsageError, type Values } from "@millwright/kit/command-line";
import { stringify } from "yaml";
import { didYouMean } from "../../config/config-report.ts";
import { loadConfigText } from "../../config/load-config.ts";
import type { ResolvedBus, ResolvedMachine } from "../../config/resolved-config.ts";
import type { TemplateLibrary } from "../../config/template-library.ts";
import { configFile, configFileOrNull, configOption, goodConfig } from "../config-file.ts";
import { dataFolderOf } from "../data-folder.ts";

export const deviceOptions = {
  config: configOption,
  machine: { type: "string", multiple: true, value: "NAME", help: "only this machine; may be given several times" },
  tcp: { type: "string", value: "HOST:PORT", help: "without a configuration: a Modbus TCP device" },
  "rtu-tcp": { type: "string", value: "HOST:PORT", help: "… behind a serial server that passes RTU frames on" },
  port: { type: "string", value: "PATH", help: "… on a serial port, e.g. /dev/serial/by-id/usb-…" },
  baud: { type: "string", value: "N", help: "speed of the line (19200)" },
  parity: { type: "string", value: "P", help: "none, even or odd (even)" },
  "stop-bits": { type: "string", value: "N", help: "1 or 2 (1)" },
  http: { type: "string", value: "URL", help: "… that answers HTTP with JSON" },
  unit: { type: "string", value: "N", help: "its unit number" },
  template: { type: "string", value: "V/D", help: "its type, e.g. sim/centrifugal-pump" },
  templates: { type: "string", value: "DIR", help: "a folder with templates of your own" },
  timeout: { type: "string", value: "T", help: "how long a request may take (500ms)" },
} as const satisfies Record<string, Option>;

export type Devices = {
  /** Only those that are needed. */
  readonly buses: readonly ResolvedBus[];
  readonly machines: readonly ResolvedMachine[];
  readonly library: TemplateLibrary;
  /** Where the agent that may read the same devices keeps its data; for one device that of the configuration here, null where there is none. */
  readonly dataDir: string | null;
};

const addressKeys = ["tcp", "rtu-tcp", "port", "http"] as const;
const deviceName = "device";

/** @throws UsageError, Fault config_invalid */
export function devicesOf(values: Values): Devices {
  if (addressKeys.some((key) => values[key] !== undefined) || values["template"] !== undefined) return oneDevice(values);
  const { config, library } = goodConfig(
    configFile(values, "Or name one device: --tcp HOST:PORT (or --port PATH) --unit N --template VENDOR/DEVICE."),
  );
  const machines = chosen(config.machines, values["machine"]);
  const used = new Set(machines.flatMap(({ reads }) => reads.map(({ bus }) => bus)));
  return { buses: config.buses.filter(({ name }) => used.has(name)), machines, library, dataDir: config.dataDir };
}

function chosen(machines: readonly ResolvedMachine[], names: Values[string]): readonly ResolvedMachine[] {
  if (!Array.isArray(names)) return machines;
  const known = machines.map(({ name }) => name);
  for (const name of names) {
    if (!known.includes(String(name)))
      throw new UsageError(`--machine "${name}" is not in the configuration. ${didYouMean(String(name), known)}`);
  }
  return machines.filter(({ name }) => names.includes(name));
}

// The options make a small configuration, so that they mean exactly what the file means.
function oneDevice(values: Values): Devices {
  if (values["config"] !== undefined) throw new UsageError("give --config, or the address of one device, not both");
  if (values["machine"] !== undefined) throw new UsageError("--machine chooses from a configuration, not beside the address of one device");
  if (values["template"] === undefined)
    throw new UsageError("--template is missing: which type is the device? For example --template sim/centrifugal-pump");
  const loaded = loadConfigText(stringify(configurationOf(values)), "options");
  if (!loaded.ok) throw new UsageError(loaded.issues.map(({ message }) => inOptions(message)).join("\n"));
  const file = configFileOrNull({});
  return {
    buses: loaded.config.buses,
    machines: loaded.config.machines,
    library: loaded.library,
    dataDir: file === null ? null : dataFolderOf(file),
  };
}

function configurationOf(values: Values): unknown {
  const { tcp, "rtu-tcp": rtu_tcp, port, http, parity, timeout } = values;
  const bus = { tcp, rtu_tcp, port, http, parity, timeout, baud: number(values["baud"]), stop_bits: number(values["stop-bits"]) };
  const read = { bus: deviceName, unit: number(values["unit"]), template: values["template"], every: "1s" };
  return given({
    version: 1,
    agent: deviceName,
    site: deviceName,
    gateway: { url: "mqtt://localhost:1883" },
    templates: values["templates"] === undefined ? undefined : [values["templates"]],
    buses: { [deviceName]: given(bus) },
    machines: { [deviceName]: { class: "other", every: "2s", reads: [given(read)] } },
  });
}

const number = (text: Values[string]): unknown => (typeof text === "string" && /^\d+$/.test(text) ? Number(text) : text);

const given = (entries: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(entries).filter(([, value]) => value !== undefined));

// A mistake is named by its option, not by its place in a file that nobody wrote.
function inOptions(message: string): string {
  return message
    .replace(/^machines\.device\.reads\.0 unit is missing\..*/, "--unit is missing: the device's Modbus unit number, e.g. --unit 1")
    .replace(/^buses\.device needs an address.*/, "the device's address is missing: --tcp, --port, --rtu-tcp or --http")
    .replace(/^(?:machines\.device\.reads\.0|buses\.device)\./, "--")
    .replace(/^templates\.0/, "--templates")
    .replace(/^--(rtu|stop)_/, "--$1-");
}
