// `millwright-agent scan`: who is on a serial line, with which settings, or behind an endpoint; and which templates fit. Reads only.
import { realpathSync } from "node:fs";
import { type Command, exitCode, UsageError, type Values } from "@millwright/kit/command-line";
import { busAddress } from "../config/bus-address.ts";
import type { ResolvedBus } from "../config/resolved-config.ts";
import type { TemplateLibrary } from "../config/template-library.ts";
import { openBus } from "../open-bus.ts";
import { rtuOverTcp } from "../registers/modbus-rtu.ts";
import { modbusTcp } from "../registers/modbus-tcp.ts";
import { settingsVariable } from "../registers/serial-line.ts";
import { checkAlone } from "./devices/check-alone.ts";
import { deviceOptions } from "./devices/device-options.ts";
import { oneBus } from "./devices/one-bus.ts";
import { type FitResult, fitTemplates } from "./scan/fit-templates.ts";
import { lineSettings } from "./scan/line-settings.ts";
import { type Progress, scanProgress } from "./scan/progress.ts";
import { type FoundUnit, type ScanResult, scanDocument, scanLines, settingsText } from "./scan/scan-text.ts";
import { searchEndpoint } from "./scan/search-endpoint.ts";
import { searchLine } from "./scan/search-line.ts";
import { unitNumbers } from "./scan/unit-numbers.ts";
import { paintFor } from "./terminal/paint.ts";

/** Gateways wait up to a second for a unit that is not there before they say so; real ms. */
const endpointTimeoutMs = 1_500;
/** For the registers that tell templates apart; real ms. */
const readTimeoutMs = 300;

const { port, tcp, "rtu-tcp": rtuTcp, templates } = deviceOptions;

export const scanCommand: Command = {
  summary: "Finds the settings and the units of a serial line, or the units behind an endpoint, and names the templates that fit.",
  options: {
    port: { ...port, help: "a serial port, e.g. /dev/serial/by-id/usb-…" },
    tcp: { ...tcp, help: "a Modbus TCP endpoint" },
    "rtu-tcp": { ...rtuTcp, help: "a serial server that passes RTU frames on" },
    units: { type: "string", value: "LIST", help: "e.g. 1-247 or 1,5,100-120 (1-32; with --tcp 0 and 255, too)" },
    all: { type: "boolean", help: "all usual settings of a line; without it 9600, 19200 and 115200 baud with 8N1 and 8E1" },
    templates,
  },
  examples: ["--port /dev/ttyUSB0", "--port /dev/ttyUSB0 --all --units 1-247", "--tcp 10.0.0.7:502"],
  async run({ values, isJson }) {
    const { bus, devices } = oneBus(values);
    if (bus.kind === "http-json" || bus.kind === "serial-text") throw new UsageError("give --port, --tcp or --rtu-tcp");
    const units = unitNumbers(unitsOf(values, bus), bus.kind === "modbus-tcp" ? 0 : 1);
    checkAlone(devices);
    const progress = scanProgress();
    const result = await scan(bus, { units, isAll: values["all"] === true, library: devices.library, progress });
    progress.clear();
    if ("line" in bus && result.found.length > 0) tellPseudo(bus.line.path);
    const text = (): string => `${scanLines(result, paintFor(process.stdout)).join("\n")}\n`;
    process.stdout.write(isJson ? `${JSON.stringify(scanDocument(result), null, 2)}\n` : text());
    return result.found.length > 0 ? exitCode.ok : exitCode.failed;
  },
};

// Its other side hears no baud rate and no parity, and answers whatever they are.
function tellPseudo(path: string): void {
  if (process.env[settingsVariable] !== undefined || !realpathSync(path).startsWith("/dev/pts/")) return;
  process.stderr.write(
    `Note: ${path} is a pseudo terminal, which works with any settings: those shown are the first that were tried, not the line's. A simulator hears them where ${settingsVariable} names a folder, for it and for scan.\n`,
  );
}

const unitsOf = ({ units }: Values, { kind }: ResolvedBus): string =>
  typeof units === "string" ? units : kind === "modbus-tcp" ? "1-32,255,0" : "1-32";

type Wanted = { units: readonly number[]; isAll: boolean; library: TemplateLibrary; progress: Progress };

async function scan(bus: ResolvedBus, wanted: Wanted): Promise<ScanResult> {
  const startMs = performance.now();
  const { foundBus, units, tried, isAnyUnit, strays } = "line" in bus ? await onLine(bus, wanted) : await behindEndpoint(bus, wanted);
  const found: FoundUnit[] = [];
  for (const unit of units) {
    const fit = await fitting(foundBus, unit, wanted);
    found.push({ line: "line" in foundBus ? foundBus.line : null, unit, isAnyUnit, templates: fit.fits, isWhole: fit.isWhole });
  }
  return { where: whereText(bus), found, tried, ms: performance.now() - startMs, strays, isAll: wanted.isAll };
}

/** `foundBus`: the bus as it was found. */
type Searched = Pick<ScanResult, "tried" | "strays"> & { foundBus: ResolvedBus; units: readonly number[]; isAnyUnit: boolean };

async function onLine(bus: Extract<ResolvedBus, { line: unknown }>, { units, isAll, progress }: Wanted): Promise<Searched> {
  const settings = lineSettings(bus.line.path, isAll);
  const { line, ...search } = await searchLine(settings, units, (line, unit, isPatient) =>
    progress.show(`${bus.line.path} ${settingsText(line)}${isPatient ? ", patiently" : ""}`, `unit ${unit}`),
  );
  return { ...search, foundBus: line === null ? bus : { ...bus, line }, isAnyUnit: false };
}

async function behindEndpoint(bus: ResolvedBus, { units, progress }: Wanted): Promise<Searched> {
  if (bus.kind !== "modbus-tcp" && bus.kind !== "rtu-over-tcp") throw new Error(`${bus.kind} has no units`);
  const open = bus.kind === "modbus-tcp" ? modbusTcp(bus) : rtuOverTcp(bus, { drain: "off" });
  const timeoutMs = endpointTimeoutMs;
  const search = await searchEndpoint(open, units, timeoutMs, (unit) => progress.show(busAddress(bus), `unit ${unit}`));
  return { ...search, units: search.isAnyUnit ? search.units.slice(0, 1) : search.units, foundBus: bus, strays: [] };
}

// A bus of its own for each unit: what one does not answer says nothing about another.
async function fitting(bus: ResolvedBus, unit: number, { library, progress }: Wanted): Promise<FitResult> {
  const open = openBus({ ...bus, timeoutMs: readTimeoutMs, retries: 0 }, () => {});
  const read = open.registers;
  if (read === null) throw new Error(`${bus.kind} has no registers`);
  const result = await fitTemplates(read, unit, registerTemplates(library), ({ template }) =>
    progress.show(`unit ${unit} found; comparing it with the templates`, template),
  );
  await open.close();
  return result;
}

const registerTemplates = (library: TemplateLibrary) =>
  library.names().flatMap((name) => {
    const found = library.find(name);
    return found.kind === "good" && found.template.protocol === "modbus" ? [found.template] : [];
  });

function whereText(bus: ResolvedBus): string {
  if ("line" in bus) return `--port ${bus.line.path}`;
  return bus.kind === "http-json" ? bus.url : `--${bus.kind === "modbus-tcp" ? "tcp" : "rtu-tcp"} ${bus.host}:${bus.port}`;
}
