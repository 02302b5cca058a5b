// `millwright-agent probe`: what stands at one address, read as every type and byte order, the likeliest first; for both ways manuals count.
import { parseDuration } from "@millwright/contract/duration";
import type { RegisterTable } from "@millwright/contract/register-template";
import { type Command, exitCode, numberOption, requiredOption, UsageError, type Values } from "@millwright/kit/command-line";
import { counted } from "@millwright/kit/counted";
import { busAddress } from "../config/bus-address.ts";
import type { ResolvedBus } from "../config/resolved-config.ts";
import { openBus } from "../open-bus.ts";
import { checkAlone } from "./devices/check-alone.ts";
import { portNext } from "./devices/device-failure.ts";
import { deviceOptions } from "./devices/device-options.ts";
import { oneBus } from "./devices/one-bus.ts";
import { type ProbedBase, probeDocument, probeLines } from "./probe/probe-text.ts";
import { readSamples } from "./probe/read-samples.ts";
import { paintFor } from "./terminal/paint.ts";
import { progressLine } from "./terminal/progress-line.ts";

const { tcp, "rtu-tcp": rtuTcp, port, baud, parity, "stop-bits": stopBits, unit, timeout } = deviceOptions;

export const probeCommand: Command = {
  summary: "Shows one address in both bases, as every type and byte order, the likeliest first. Writes nothing to a device.",
  options: {
    tcp: { ...tcp, help: "a Modbus TCP device" },
    "rtu-tcp": rtuTcp,
    port,
    baud,
    parity,
    "stop-bits": stopBits,
    unit,
    timeout,
    register: { type: "string", value: "N", help: "the number the manual prints" },
    table: { type: "string", value: "T", help: "holding or input (holding)" },
    samples: { type: "string", value: "N", help: "readings, 1 to 100 (5): a value that moves tells most" },
    every: { type: "string", value: "T", help: "time between two readings (200ms)" },
  },
  examples: ["--tcp 10.0.0.7:502 --unit 1 --register 108", "--port /dev/ttyUSB0 --baud 9600 --unit 3 --register 12 --table input"],
  async run({ values, isJson }) {
    requiredOption(values, "unit");
    requiredOption(values, "register");
    const register = numberOption(values, "register", { min: 0, max: 65_536, fallback: 0 });
    if (!Number.isInteger(register)) throw new UsageError(`--register must be a whole number, not "${register}"`);
    const table = tableOf(values);
    const samples = Math.round(numberOption(values, "samples", { min: 1, max: 100, fallback: 5 }));
    const everyMs = periodOf(values);
    const { bus, devices } = oneBus(values);
    if (bus.kind === "http-json" || bus.kind === "serial-text") throw new UsageError("only Modbus devices have registers");
    checkAlone(devices);
    const progress = progressLine();
    const open = openBus(bus, () => {});
    const read = open.registers;
    if (read === null) throw new UsageError("only Modbus devices have registers");
    const bases = ([0, 1] as const).filter((base) => register - base >= 0 && register - base <= 65_535);
    const its = { read, unit: Number(values["unit"]), table, addresses: bases.map((base) => register - base), samples, everyMs };
    const probed = await readSamples({ ...its, onSample: (done) => progress.show(`reading: ${done} of ${samples} …`) });
    await open.close();
    progress.clear();
    const found = probed.map((one, i): ProbedBase => ({ ...one, base: bases[i] ?? 0 }));
    const isOk = found.some(({ samples }) => samples.length > 0);
    if (isJson) {
      const document = { ok: isOk, unit: its.unit, table, register, bases: found.map(probeDocument) };
      process.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
    } else {
      const paint = paintFor(process.stdout);
      const head = `${table} register ${register}, ${busAddress(bus)}, unit ${its.unit}, ${counted(samples, "reading")}`;
      const blocks = [head, ...found.map((one) => probeLines(one, paint).join("\n")), ...adviceFor(register, found, bus)];
      process.stdout.write(`${blocks.join("\n\n")}\n`);
    }
    return isOk ? exitCode.ok : exitCode.failed;
  },
};

function tableOf({ table = "holding" }: Values): RegisterTable {
  if (table === "holding" || table === "input") return table;
  throw new UsageError(`--table must be holding or input, not "${String(table)}"`);
}

function periodOf({ every = "200ms" }: Values): number {
  const ms = parseDuration(String(every));
  if (ms === null || ms > 60_000) throw new UsageError(`--every must be a duration up to 60s, e.g. 200ms, not "${String(every)}"`);
  return ms;
}

// Many manuals write 40108 for holding register 108, and 30108 for input register 108.
function adviceFor(register: number, found: readonly ProbedBase[], bus: ResolvedBus): string[] {
  if (found.every(({ isUnreachable }) => isUnreachable))
    return ["line" in bus ? portNext : "There is no connection. Is the address right, and is the device, or its converter, powered?"];
  const [, family, number] = /^([34])0*(\d{1,4})$/.exec(String(register)) ?? [];
  if (String(register).length === 5 && Number(number) > 0)
    return [
      `Many manuals write ${register} for ${family === "4" ? "holding" : "input"} register ${number}: try --register ${number} --table ${family === "4" ? "holding" : "input"} as well.`,
    ];
  if (found.every(({ samples }) => samples.length === 0))
    return ["Nothing was read. Try the other --table, and `millwright-agent scan` to see which units answer."];
  return [];
}
