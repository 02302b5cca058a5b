// From the configuration to rows: buses, readers, one timetable, row assemblers. In: a resolved configuration and a clock. Out: rows of machines
// and events. Every device may be absent; a slow one delays only its own machine; a cycle that comes too late is skipped and counted.
import type { MachineRef } from "@millwright/contract/names";
import type { Clock } from "@millwright/kit/clock";
import { compileDerived } from "./config/compile-derived.ts";
import { deviceOf, type ResolvedConfig, type ResolvedMachine, type ResolvedRead } from "./config/resolved-config.ts";
import { type OpenBus, openBus } from "./open-bus.ts";
import type { BusHealth } from "./registers/bus.ts";
import type { BusEvent } from "./registers/bus-event.ts";
import type { IllegalRange } from "./registers/illegal-ranges.ts";
import { startPoller } from "./registers/poller.ts";
import type { DeviceReading, Reader } from "./registers/reader.ts";
import type { MachineRow, RowValues } from "./samples/machine-row.ts";
import { RowAssembler } from "./samples/row-assembler.ts";
import { type Due, Timetable } from "./samples/timetable.ts";

/** Registers that a device does not have; `device` is as deviceOf() says. */
export type IllegalRangesEvent = {
  readonly kind: "illegal_ranges_learned";
  readonly device: string;
  readonly illegal: readonly IllegalRange[];
};

/** A device refused a read for its length: from now on it is asked for so many registers at most. */
export type BlockSizeEvent = { readonly kind: "block_size_learned"; readonly device: string; readonly maxBlock: number };

/** A waveform that cannot be used; told once until there is a good one again. */
export type WaveformRefusedEvent = { readonly kind: "waveform_refused"; readonly device: string; readonly detail: string };

export type AcquisitionOptions = {
  readonly config: Pick<ResolvedConfig, "buses" | "machines">;
  readonly clock: Clock;
  /** `machineIndex` is the place in `config.machines`. Must return at once. */
  readonly onRow: (row: MachineRow, machineIndex: number) => void;
  readonly onEvent?: (event: BusEvent | IllegalRangesEvent | BlockSizeEvent | WaveformRefusedEvent) => void;
};

export type AcquisitionHealth = {
  readonly buses: Readonly<Record<string, BusHealth>>;
  /** Reads done; reads skipped because the time had passed, or the one before was not done. */
  readonly cycles: { readonly done: number; readonly skipped: number };
  /** Rows that the devices' counters say were never seen. */
  readonly missedRows: number;
};

export type Acquisition = {
  health(): AcquisitionHealth;
  /** What is known of a machine right now, stale values marked; for showing, not for scoring. */
  latest(machineIndex: number): MachineRow;
  /** Nothing is in flight and no row comes any more when it resolves. */
  stop(): Promise<void>;
};

type Job = {
  readonly reader: Reader;
  readonly machine: MachineState;
  readonly read: number;
  readonly everyMs: number;
  /** Made once, for what is called with every reading. */
  readonly take: (reading: DeviceReading) => void;
  isInFlight: boolean;
  /** What was told last of its waveforms; empty while they are good. */
  trouble: string;
};
type MachineState = {
  readonly index: number;
  readonly ref: MachineRef;
  readonly machine: ResolvedMachine;
  readonly assembler: RowAssembler;
  inFlight: number;
  rowDueMs: number | null;
};
type Entry = { readonly everyMs: number; readonly phaseMs: number; readonly due: (due: Due) => void };

/** Starts at once. */
export function startAcquisition(options: AcquisitionOptions): Acquisition {
  return new RunningAcquisition(options);
}

class RunningAcquisition implements Acquisition {
  readonly #options: AcquisitionOptions;
  readonly #buses: ReadonlyMap<string, OpenBus>;
  readonly #machines: readonly MachineState[];
  readonly #poller: { stop(): void };
  #done = 0;
  #skipped = 0;
  #isStopped = false;

  constructor(options: AcquisitionOptions) {
    this.#options = options;
    const { config, clock, onEvent } = options;
    this.#buses = new Map(config.buses.map((bus) => [bus.name, openBus(bus, (event) => onEvent?.(event))]));
    this.#machines = config.machines.map(machineState);
    const entries = this.#machines.flatMap((state) => this.#entriesOf(state));
    const schedule = new Timetable(entries, clock.monotonicMs());
    const onDue = (due: readonly Due[]): void => {
      for (const one of due) entries[one.index]?.due(one);
    };
    this.#poller = startPoller({ clock, schedule, onDue });
  }

  health(): AcquisitionHealth {
    const buses = Object.fromEntries([...this.#buses].map(([name, bus]) => [name, bus.health()]));
    const missedRows = this.#machines.reduce((sum, { assembler }) => sum + assembler.missedRows, 0);
    return { buses, cycles: { done: this.#done, skipped: this.#skipped }, missedRows };
  }

  latest(machineIndex: number): MachineRow {
    const state = this.#machines[machineIndex];
    if (state === undefined) throw new RangeError(`there is no machine ${machineIndex}`);
    return this.#stamp(state, state.assembler.rowAt(this.#options.clock.monotonicMs()));
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#poller.stop();
    await Promise.all([...this.#buses.values()].map((bus) => bus.close()));
  }

  // Reads first, so that a row due at the same moment waits for them.
  #entriesOf(state: MachineState): Entry[] {
    const { machine, index } = state;
    const phaseMs = phaseOf(index, machine.everyMs);
    const jobs = machine.reads.map((read, i) => this.#jobOf(state, read, i));
    const reads = jobs.map((job): Entry => ({ everyMs: job.everyMs, phaseMs, due: (due) => this.#read(job, due) }));
    if (machine.counterIndex !== null) return reads;
    return [...reads, { everyMs: machine.everyMs, phaseMs, due: ({ dueMs }) => this.#rowDue(state, dueMs) }];
  }

  #jobOf(machine: MachineState, read: ResolvedRead, index: number): Job {
    const device = deviceOf(read);
    const bus = this.#buses.get(read.bus);
    if (bus === undefined) throw new Error(`there is no bus ${read.bus}`);
    const reader = bus.readerOf(read.source, {
      counterIndex: counterIn(machine.machine, read),
      onLearned: (illegal) => this.#options.onEvent?.({ kind: "illegal_ranges_learned", device, illegal }),
      onBlockSize: (maxBlock) => this.#options.onEvent?.({ kind: "block_size_learned", device, maxBlock }),
      everyMs: read.everyMs,
      clock: this.#options.clock,
    });
    const take = (reading: DeviceReading): void => this.#take(job, reading);
    const job: Job = { reader, machine, read: index, everyMs: read.everyMs, take, isInFlight: false, trouble: "" };
    return job;
  }

  #read(job: Job, { skipped }: Due): void {
    this.#skipped += skipped + (job.isInFlight ? 1 : 0);
    if (job.isInFlight) return;
    job.isInFlight = true;
    job.machine.inFlight++;
    void job.reader.read().then(job.take);
  }

  #take(job: Job, reading: DeviceReading): void {
    job.isInFlight = false;
    job.machine.inFlight--;
    this.#done++;
    if (this.#isStopped) return;
    this.#tellWaveforms(job, reading);
    const row = job.machine.assembler.accept(job.read, reading);
    if (row !== null) this.#emit(job.machine, row);
    if (job.machine.inFlight === 0) this.#finishRow(job.machine);
  }

  #tellWaveforms(job: Job, { waveforms }: DeviceReading): void {
    const read = job.machine.machine.reads[job.read];
    if (waveforms === undefined || read === undefined) return;
    const refused = waveforms.flatMap((one, i) => ("reason" in one ? [`${read.waveforms?.[i]?.name}: ${one.detail}`] : []));
    const trouble = refused.join("; ");
    if (trouble !== "" && trouble !== job.trouble)
      this.#options.onEvent?.({ kind: "waveform_refused", device: deviceOf(read), detail: trouble });
    job.trouble = trouble;
  }

  // A row waits for the reads of its moment, but never longer than until the next row.
  #rowDue(state: MachineState, dueMs: number): void {
    this.#finishRow(state);
    state.rowDueMs = dueMs;
    if (state.inFlight === 0) this.#finishRow(state);
  }

  #finishRow(state: MachineState): void {
    const { rowDueMs } = state;
    if (rowDueMs === null) return;
    state.rowDueMs = null;
    this.#emit(state, state.assembler.rowAt(rowDueMs));
  }

  #emit(state: MachineState, row: RowValues): void {
    this.#options.onRow(this.#stamp(state, row), state.index);
  }

  #stamp({ ref }: MachineState, row: RowValues): MachineRow {
    const { clock } = this.#options;
    const atWallMs = clock.wallMs() - (clock.monotonicMs() - row.atMonotonicMs);
    const { atMonotonicMs, update, values, shown, reasons } = row;
    const trust = clock.isTrusted() ? "trusted" : "untrusted";
    const stamped = { atMonotonicMs, update, values, shown, reasons, machine: ref, bootId: clock.bootId, atWallMs, clock: trust } as const;
    return row.spectra === undefined ? stamped : { ...stamped, spectra: row.spectra };
  }
}

/** Makes the rows of one machine. */
export function assemblerOf(machine: ResolvedMachine): RowAssembler {
  const { points, reads, counterIndex } = machine;
  return new RowAssembler({
    pointCount: points.length,
    reads,
    names: points.map(({ name }) => name),
    counterIndex,
    rules: points,
    derived: compileDerived(machine),
  });
}

/** Place of the machine's update counter among the points of one of its reads, null where that read does not bring it. */
export function counterIn({ counterIndex }: ResolvedMachine, { pointIndexes }: ResolvedRead): number | null {
  const place = counterIndex === null ? -1 : pointIndexes.indexOf(counterIndex);
  return place < 0 ? null : place;
}

const machineState = (machine: ResolvedMachine, index: number): MachineState => ({
  index,
  ref: { site: machine.site, name: machine.name },
  machine,
  assembler: assemblerOf(machine),
  inFlight: 0,
  rowDueMs: null,
});

// Spreads machines over the first second of their period (golden ratio), so that they do not all ask at once; but into a few moments of it only:
// those of one moment are read, scored, committed and published together, and a box that wakes up less often has more time for other work.
function phaseOf(index: number, everyMs: number): number {
  const slots = Math.min(slotsPerSecond, Math.max(1, Math.floor(everyMs / leastSlotMs)));
  return (Math.floor(((index * 0.618_033_988_75) % 1) * slots) * Math.min(everyMs, 1_000)) / slots;
}
const slotsPerSecond = 10;
const leastSlotMs = 50;
