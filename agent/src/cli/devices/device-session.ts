// The devices of some machines, opened for a tool: every point of every read, once, as often as it is asked for. In: buses and machines.
// Out: a row for each machine with its quality, what the device's registers were, and for each device why it failed. Never writes to a device.
import type { Clock } from "@millwright/kit/clock";
import { messageOf } from "@millwright/kit/fault";
import { assemblerOf, counterIn } from "../../acquisition.ts";
import { type ResolvedBus, type ResolvedMachine, type ResolvedRead, unitOf } from "../../config/resolved-config.ts";
import type { TemplateLibrary } from "../../config/template-library.ts";
import { type Heard, type OpenBus, openBus } from "../../open-bus.ts";
import type { BusHealth } from "../../registers/bus.ts";
import type { BusEvent } from "../../registers/bus-event.ts";
import type { DeviceReading, Reader } from "../../registers/reader.ts";
import type { RowValues } from "../../samples/machine-row.ts";
import type { RowAssembler } from "../../samples/row-assembler.ts";
import { type DeviceFailure, failureOf } from "./device-failure.ts";
import { type Identity, readIdentity } from "./identity.ts";
import { type RawPoint, rawPoints } from "./raw-points.ts";

export type DeviceState = {
  readonly read: ResolvedRead;
  readonly bus: ResolvedBus;
  readonly failure: DeviceFailure | null;
  /** What it says of itself; empty where it was not asked, or has nothing to say. */
  readonly identity: readonly Identity[];
};

export type MachineReading = {
  readonly machine: ResolvedMachine;
  readonly row: RowValues;
  /** By point: machine ms since its value was read; null where it never was. */
  readonly ageMs: readonly (number | null)[];
  /** By point: what stood in its registers; null where it has none, or they were not read. */
  readonly raw: readonly (RawPoint | null)[];
  readonly devices: readonly DeviceState[];
};

export type DeviceSession = {
  /** Settles when every device has answered or its deadline has passed. `onDone` after each read. */
  readAll(onDone?: (done: number, of: number) => void): Promise<MachineReading[]>;
  health(): { bus: ResolvedBus; health: BusHealth; trouble: string | null }[];
  close(): Promise<void>;
};

/** Until a first connection stands, or is known not to; real ms. */
const firstConnectionMs = 3_500;

type Line = {
  readonly bus: ResolvedBus;
  /** null where it could not even be opened. */
  open: OpenBus | null;
  readonly settled: Promise<void>;
  trouble: string | null;
  heard: Heard[];
};
type Device = {
  readonly read: ResolvedRead;
  readonly line: Line;
  readonly reader: Reader | null;
  latest: DeviceReading | null;
  identity: readonly Identity[];
};
type OpenMachine = { readonly machine: ResolvedMachine; readonly assembler: RowAssembler; readonly devices: readonly Device[] };

export type SessionOptions = {
  readonly buses: readonly ResolvedBus[];
  readonly machines: readonly ResolvedMachine[];
  /** Machine ms between two readings; absent where there is one. */
  readonly everyMs?: number;
  /** Given, devices are asked who they are, too. */
  readonly library?: TemplateLibrary;
};

/** Starts connecting at once. */
export function openDeviceSession({ buses, machines, everyMs, library }: SessionOptions, clock: Clock): DeviceSession {
  const lines = new Map(buses.map((bus) => [bus.name, openLine(bus)]));
  const opened = machines.map((machine) => openMachine(machine, lines, everyMs === undefined ? { clock } : { clock, everyMs }));
  return {
    async readAll(onDone) {
      const of = opened.reduce((sum, { devices }) => sum + devices.length, 0);
      let done = 0;
      for (const line of lines.values()) line.heard = [];
      await Promise.all([...lines.values()].map(({ settled }) => settled));
      const work = opened.flatMap(({ assembler, devices }) =>
        devices.map(async (device, index) => {
          const reading = await device.reader?.read();
          onDone?.(++done, of);
          if (reading === undefined) return;
          device.latest = reading;
          assembler.accept(index, reading);
          if (library !== undefined && reading.shown.some(Number.isFinite))
            device.identity = await readIdentity(device.read, library, device.line.open?.registers ?? null);
        }),
      );
      await Promise.all(work);
      return opened.map((machine) => readingOf(machine, clock.monotonicMs()));
    },
    health: () => [...lines.values()].flatMap(({ bus, open, trouble }) => (open === null ? [] : [{ bus, health: open.health(), trouble }])),
    async close() {
      await Promise.all([...lines.values()].flatMap(({ open }) => (open === null || open === undefined ? [] : [open.close()])));
    },
  };
}

function openLine(bus: ResolvedBus): Line {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, firstConnectionMs);
  const settled = promise.then(() => clearTimeout(timer));
  const onEvent = (event: BusEvent): void => {
    if (event.kind === "bus_connected") line.trouble = null;
    else if (event.kind === "bus_unreachable" || event.kind === "bus_disconnected") line.trouble = event.detail;
    resolve();
  };
  const line: Line = { bus, open: null, settled, trouble: null, heard: [] };
  try {
    line.open = openBus(bus, onEvent, (heard) => line.heard.push(heard));
  } catch (error) {
    // Said with the devices of this bus; the others are read.
    line.trouble = messageOf(error);
    resolve();
  }
  return line;
}

function openMachine(machine: ResolvedMachine, lines: ReadonlyMap<string, Line>, timing: { clock: Clock; everyMs?: number }): OpenMachine {
  const devices = machine.reads.map((read): Device => {
    const line = lines.get(read.bus);
    if (line === undefined) throw new Error(`there is no bus ${read.bus}`);
    const options = { counterIndex: counterIn(machine, read), onLearned: () => {}, ...timing };
    return { read, line, reader: line.open?.readerOf(read.source, options) ?? null, latest: null, identity: [] };
  });
  return { machine, assembler: assemblerOf(machine), devices };
}

function readingOf({ machine, assembler, devices }: OpenMachine, nowMs: number): MachineReading {
  const ageMs = new Array<number | null>(machine.points.length).fill(null);
  const raw = new Array<RawPoint | null>(machine.points.length).fill(null);
  for (const { read, line, latest } of devices) {
    if (latest === null) continue;
    const replies = rawPoints(read.source, line.heard);
    for (const [i, point] of read.pointIndexes.entries()) {
      if (Number.isFinite(latest.shown[i])) ageMs[point] = Math.max(0, nowMs - latest.atMonotonicMs);
      raw[point] = replies[i] ?? null;
    }
  }
  const read = ageMs.filter((age) => age !== null);
  for (const { pointIndex } of machine.derived) ageMs[pointIndex] = read.length === 0 ? null : Math.max(...read);
  const states = devices.map((device): DeviceState => {
    const { read, line, latest, identity } = device;
    return {
      read,
      identity,
      bus: line.bus,
      failure: failureOf({ bus: line.bus, unit: unitOf(read), latest, heard: line.heard, trouble: line.trouble }),
    };
  });
  return { machine, row: assembler.rowAt(nowMs), ageMs, raw, devices: states };
}
