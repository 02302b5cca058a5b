// `millwright-agent watch`: the same as `read`, again and again, with the range of each value and how the bus does.
import { setTimeout as sleep } from "node:timers/promises";
import { parseDuration } from "@millwright/contract/duration";
import { clockFromEnvironment } from "@millwright/kit/clock";
import { type Command, exitCode, numberOption, UsageError, type Values } from "@millwright/kit/command-line";
import { untilShutdown } from "@millwright/kit/shutdown";
import { busStatus, unitsOfBuses } from "../collect-status.ts";
import { Timetable } from "../samples/timetable.ts";
import { checkAlone } from "./devices/check-alone.ts";
import { type Devices, deviceOptions, devicesOf } from "./devices/device-options.ts";
import { type DeviceSession, openDeviceSession } from "./devices/device-session.ts";
import { goodPoints } from "./devices/reading-document.ts";
import { ValueSpans } from "./devices/value-spans.ts";
import { jsonOutput, lineOutput, pageOutput, type Watched, type WatchOutput } from "./devices/watch-output.ts";
import { paintFor } from "./terminal/paint.ts";
import { openScreen } from "./terminal/screen.ts";

export const watchCommand: Command = {
  summary:
    "Reads every point again and again: in place on a terminal, elsewhere a line for each change; --json gives a line for each reading.",
  options: {
    ...deviceOptions,
    every: { type: "string", value: "T", help: "time between two readings (1s)" },
    count: { type: "string", value: "N", help: "end after so many readings" },
  },
  examples: ["--config agent.yaml --machine P-101 --every 500ms", "--tcp 10.0.0.7:502 --unit 1 --template VENDOR/DEVICE"],
  async run({ values, isJson }) {
    const everyMs = period(values);
    const count = numberOption(values, "count", { min: 1, max: 1e9, fallback: Number.POSITIVE_INFINITY });
    const devices = devicesOf(values);
    checkAlone(devices);
    const clock = clockFromEnvironment();
    const session = openDeviceSession({ buses: devices.buses, machines: devices.machines, everyMs: everyMs * clock.scale }, clock);
    const ended = new AbortController();
    void untilShutdown().then(() => ended.abort());
    const last = await watch({
      session,
      devices,
      everyMs,
      count,
      signal: ended.signal,
      output: outputOf(isJson, String(values["every"] ?? "1s")),
    });
    await session.close();
    if (last === null) return exitCode.failed;
    const { good, points } = goodPoints(last.readings);
    return good === points ? exitCode.ok : exitCode.failed;
  },
};

function period({ every = "1s" }: Values): number {
  const ms = parseDuration(String(every));
  if (ms === null || ms < 10 || ms > 86_400_000)
    throw new UsageError(`--every must be a duration from 10ms to 24h, e.g. 500ms or 10s, not "${String(every)}"`);
  return ms;
}

function outputOf(isJson: boolean, every: string): WatchOutput {
  const { stdout } = process;
  if (isJson) return jsonOutput(stdout);
  const paint = paintFor(stdout);
  return stdout.isTTY ? pageOutput(openScreen(stdout), stdout, { paint, width: () => stdout.columns, every }) : lineOutput(stdout, paint);
}

type Watching = {
  session: DeviceSession;
  devices: Devices;
  everyMs: number;
  count: number;
  signal: AbortSignal;
  output: WatchOutput;
};

// A reading that comes too late is left out and counted.
async function watch({ session, devices, everyMs, count, signal, output }: Watching): Promise<Watched | null> {
  const timetable = new Timetable([{ everyMs }], performance.now());
  const spans = new ValueSpans(devices.machines);
  const units = unitsOfBuses(devices.machines);
  let last: Watched | null = null;
  let skipped = 0;
  const stopped = new Promise<null>((resolve) => signal.addEventListener("abort", () => resolve(null)));
  for (let n = 1; n <= count && !signal.aborted; n++) {
    skipped += timetable.takeDue(performance.now()).reduce((sum, due) => sum + due.skipped, 0);
    const readings = await Promise.race([session.readAll(), stopped]);
    if (readings === null) break;
    const buses = session.health().map(({ bus, health, trouble }) => busStatus(bus, health, units.get(bus.name) ?? 0, trouble));
    last = { n, at: new Date(), readings, buses, spans: spans.add(readings), skipped };
    output.take(last);
    if (n < count) await sleep(Math.max(0, timetable.nextDueMs - performance.now()), undefined, { signal }).catch(() => {});
  }
  output.end(last);
  return last;
}
