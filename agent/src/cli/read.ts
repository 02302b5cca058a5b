// `millwright-agent read`: every point of some machines, once: value, unit, quality; on request the registers they came from.
import { clockFromEnvironment } from "@millwright/kit/clock";
import { type Command, exitCode } from "@millwright/kit/command-line";
import { counted } from "@millwright/kit/counted";
import { checkAlone } from "./devices/check-alone.ts";
import { type Devices, deviceOptions, devicesOf } from "./devices/device-options.ts";
import { type MachineReading, openDeviceSession } from "./devices/device-session.ts";
import { goodPoints, readingDocument } from "./devices/reading-document.ts";
import { readingLines } from "./devices/reading-table.ts";
import { paintFor } from "./terminal/paint.ts";
import { progressLine } from "./terminal/progress-line.ts";

export const readCommand: Command = {
  summary: "Reads every point once and shows value, unit, quality. Writes nothing to a device.",
  options: { ...deviceOptions, raw: { type: "boolean", help: "also the registers, numbered as the manual numbers them, in hexadecimal" } },
  examples: [
    "--config agent.yaml --machine P-101",
    "--tcp 10.0.0.7:502 --unit 1 --template VENDOR/DEVICE --raw",
    "--port /dev/ttyUSB0 --baud 9600 --unit 1 --template VENDOR/DEVICE",
  ],
  async run({ values, isJson }) {
    const devices = devicesOf(values);
    checkAlone(devices);
    const readings = await readOnce(devices);
    const isRaw = values["raw"] === true;
    process.stdout.write(isJson ? document(readings, devices, isRaw) : text(readings, devices, isRaw));
    const { good, points } = goodPoints(readings);
    return good === points ? exitCode.ok : exitCode.failed;
  },
};

async function readOnce(devices: Devices): Promise<MachineReading[]> {
  const progress = progressLine();
  const names = devices.buses.map(({ name }) => name).join(", ");
  progress.show(`reading ${names} …`);
  const session = openDeviceSession(devices, clockFromEnvironment());
  const readings = await session.readAll((done, of) => progress.show(`reading ${names}: ${done} of ${counted(of, "device")} …`));
  await session.close();
  progress.clear();
  return readings;
}

function document(readings: readonly MachineReading[], { library }: Devices, isRaw: boolean): string {
  const summary = goodPoints(readings);
  const machines = readings.map((reading) => readingDocument(reading, isRaw ? library : null));
  return `${JSON.stringify({ ok: summary.good === summary.points, summary, machines }, null, 2)}\n`;
}

function text(readings: readonly MachineReading[], { library }: Devices, isRaw: boolean): string {
  const paint = paintFor(process.stdout);
  const style = { paint, width: process.stdout.columns ?? 80, raw: isRaw ? { library } : null };
  const tables = readings.map((reading) => readingLines(reading, style).join("\n"));
  return `${[...tables, summaryText(readings, paint)].join("\n\n")}\n`;
}

/** "17 of 18 points good" and what keeps the others. */
function summaryText(readings: readonly MachineReading[], paint: ReturnType<typeof paintFor>): string {
  const { good, points } = goodPoints(readings);
  const failing = readings.flatMap(({ devices }) => devices).filter(({ failure }) => failure !== null).length;
  const devices = failing === 0 ? "" : `; ${counted(failing, "device fails", "devices fail")}`;
  return (good === points ? paint.good : paint.bad)(`${good} of ${counted(points, "point")} good${devices}`);
}
