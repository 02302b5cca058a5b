// From the buses to rows: one timetable and one timer for everything that is read, one owner per bus, one assembler per machine.
// A read that is still under way when its turn comes again is skipped and counted, never queued.
import type { MachineRef } from "@millwright/contract/names";
import type { Clock } from "@millwright/kit/clock";
import type { AgentState } from "./baselines/agent-state.ts";
import type { ResolvedConfig, ResolvedMachine, ResolvedRead } from "./config/resolved-config.ts";
import { Bus, type BusHealth } from "./registers/bus.ts";
import type { BusEvent } from "./registers/bus-event.ts";
import { DeviceReader } from "./registers/device-reader.ts";
import { modbusTcp } from "./registers/modbus-tcp.ts";
import { startPoller } from "./registers/poller.ts";
import type { MachineRow, RowValues } from "./samples/machine-row.ts";
import { RowAssembler } from "./samples/row-assembler.ts";
import { Timetable } from "./samples/timetable.ts";

export type AcquisitionOptions = {
  config: ResolvedConfig;
  clock: Clock;
  agentState: AgentState;
  /** `index` of the machine in the configuration. */
  onRow: (index: number, row: MachineRow) => void;
  onBusEvent: (event: BusEvent) => void;
  onError: (error: unknown) => void;
};

export type Acquisition = {
  health(): { buses: BusHealth[]; skipped: number };
  /** No row comes after this. */
  stop(): Promise<void>;
};

/** One line of the timetable: something to do, every so often. */
type Duty = { everyMs: number; run: () => void };

export function startAcquisition(options: AcquisitionOptions): Acquisition {
  const { config, clock } = options;
  const buses = new Map(config.buses.map((bus) => [bus.name, openBus(bus, options.onBusEvent)]));
  let skipped = 0;
  let isStopped = false;
  const duties = config.machines.flatMap((machine, index) =>
    dutiesOf(machine, {
      options,
      buses,
      onSkip: () => {
        skipped += 1;
      },
      onRow: (row) => {
        if (!isStopped) options.onRow(index, rowOf(machine, row, clock));
      },
    }),
  );
  const schedule = new Timetable(duties, clock.monotonicMs());
  const poller = startPoller({
    clock,
    schedule,
    onDue: (due) => {
      for (const { index } of due) duties[index]?.run();
    },
  });
  return {
    health: () => ({ buses: [...buses.values()].map((bus) => bus.health()), skipped }),
    async stop() {
      isStopped = true;
      poller.stop();
      await Promise.all([...buses.values()].map((bus) => bus.close()));
    },
  };
}

function openBus({ name, host, port, timeoutMs, retries }: ResolvedConfig["buses"][number], onEvent: (event: BusEvent) => void): Bus {
  return new Bus({ name, open: modbusTcp({ host, port }), timeoutMs, retries, onEvent });
}

type Around = { options: AcquisitionOptions; buses: ReadonlyMap<string, Bus>; onSkip: () => void; onRow: (row: RowValues) => void };

function dutiesOf(machine: ResolvedMachine, around: Around): Duty[] {
  const { points, reads, counterIndex, everyMs } = machine;
  const assembler = new RowAssembler({ pointCount: points.length, reads, counterIndex });
  const duties = reads.map((read, index): Duty => {
    const reader = readerOf(machine, read, around);
    return {
      everyMs: read.everyMs,
      run: oneAtATime(around, async () => {
        const row = assembler.accept(index, await reader.read());
        if (row !== null) around.onRow(row);
      }),
    };
  });
  if (counterIndex !== null) return duties;
  const { clock } = around.options;
  return [...duties, { everyMs, run: () => around.onRow(assembler.rowAt(clock.monotonicMs())) }];
}

function readerOf({ points, counterIndex }: ResolvedMachine, read: ResolvedRead, { options, buses }: Around): DeviceReader {
  const { clock, agentState, onError } = options;
  const bus = buses.get(read.bus);
  if (bus === undefined) throw new Error(`there is no bus ${read.bus}`);
  const device = { bus: read.bus, unit: read.unit };
  const counterAt = counterIndex === null ? -1 : read.pointIndexes.indexOf(counterIndex);
  return new DeviceReader({
    bus,
    unit: read.unit,
    points: read.pointIndexes.map((index) => points[index]).filter((point) => point !== undefined),
    maxBlock: read.maxBlock,
    maxGap: read.maxGap,
    counterIndex: counterAt === -1 ? null : counterAt,
    illegal: agentState.illegalRanges(device),
    onLearned: (ranges) => {
      agentState.addIllegalRanges(device, ranges).catch(onError);
    },
    clock,
  });
}

function oneAtATime({ options, onSkip }: Around, work: () => Promise<void>): () => void {
  let isBusy = false;
  return () => {
    if (isBusy) return onSkip();
    isBusy = true;
    work()
      .catch(options.onError)
      .finally(() => {
        isBusy = false;
      });
  };
}

function rowOf({ site, name }: ResolvedMachine, row: RowValues, clock: Clock): MachineRow {
  const machine: MachineRef = { site, name };
  const sinceMs = clock.monotonicMs() - row.atMonotonicMs;
  return { ...row, machine, bootId: clock.bootId, atWallMs: clock.wallMs() - sinceMs, clock: clock.isTrusted() ? "trusted" : "untrusted" };
}
