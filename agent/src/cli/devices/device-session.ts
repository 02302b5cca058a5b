// The devices of some machines, opened for a tool: every point of every read, once, as often as it is asked for. In: buses and machines.
// Out: a row for each machine with its quality, what the device's registers were, and for each device why it failed. Never writes to a device.
import type { Clock } from "@millwright/kit/clock";
import { messageOf } from "@millwright/kit/fault";
import { assemblerOf, counterIn } from "../../acquisition.ts";
import { type ResolvedBus, type ResolvedMachine, type ResolvedRead, unitOf } from "../../config/resolved-config.ts";
import { type OpenBus, openBus } from "../../open-bus.ts";
import type { BusHealth } from "../../registers/bus.ts";
import type { BusEvent } from "../../registers/bus-event.ts";
import type { ReadOutcome, ReadRequest } from "../../registers/read-outcome.ts";
import type { DeviceReading, Reader } from "../../registers/reader.ts";
import type { RowValues } from "../../samples/machine-row.ts";
import type { RowAssembler } from "../../samples/row-assembler.ts";
import { type DeviceFailure, failureOf } from "./device-failure.ts";
import { type RawPoint, rawPoints } from "./raw-points.ts";

export type DeviceState = { readonly read: ResolvedRead; readonly bus: ResolvedBus; readonly failure: DeviceFailure | null };

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
  /** Reads registers as they are; null where the bus has none or could not be opened. */
  registers(bus: string): OpenBus["registers"];
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
  heard: { request: ReadRequest; outcome: ReadOutcome }[];
};
type Device = { readonly read: ResolvedRead; readonly line: Line; readonly reader: Reader | null; latest: DeviceReading | null };
type OpenMachine = { readonly machine: ResolvedMachine; readonly assembler: RowAssembler; readonly devices: readonly Device[] };

export function openDeviceSession(
  { buses, machines }: { buses: readonly ResolvedBus[]; machines: readonly ResolvedMachine[] },
  clock: Clock,
): DeviceSession {
  const lines = new Map(buses.map((bus) => [bus.name, openLine(bus)]));
  const opened = machines.map((machine) => openMachine(machine, lines, clock));
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
        }),
      );
      await Promise.all(work);
      return opened.map((machine) => readingOf(machine, clock.monotonicMs()));
    },
    health: () => [...lines.values()].flatMap(({ bus, open, trouble }) => (open === null ? [] : [{ bus, health: open.health(), trouble }])),
    registers: (bus) => lines.get(bus)?.open?.registers ?? null,
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
    line.open = openBus(bus, onEvent, (request, outcome) => line.heard.push({ request, outcome }));
  } catch (error) {
    // Said with the devices of this bus; the others are read.
    line.trouble = messageOf(error);
    resolve();
  }
  return line;
}

function openMachine(machine: ResolvedMachine, lines: ReadonlyMap<string, Line>, clock: Clock): OpenMachine {
  const devices = machine.reads.map((read): Device => {
    const line = lines.get(read.bus);
    if (line === undefined) throw new Error(`there is no bus ${read.bus}`);
    const options = { counterIndex: counterIn(machine, read), illegal: [], onLearned: () => {}, clock };
    return { read, line, reader: line.open?.readerOf(read.source, options) ?? null, latest: null };
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
    const { read, line, latest } = device;
    return {
      read,
      bus: line.bus,
      failure: failureOf({ bus: line.bus, unit: unitOf(read), latest, heard: line.heard, trouble: line.trouble }),
    };
  });
  return { machine, row: assembler.rowAt(nowMs), ageMs, raw, devices: states };
}
