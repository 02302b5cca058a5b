// Readings of one machine (one or several reads, each with its own period) → rows. Pure.
// With an update counter there is a row exactly when the counter changed; without one, a row whenever the timetable asks for it.
import type { QualityReason } from "@millwright/contract/telemetry";
import type { DeviceReading } from "../registers/reader.ts";
import type { DerivedPoints } from "./derived-points.ts";
import type { RowValues } from "./machine-row.ts";
import { MachineWaveforms } from "./machine-waveforms.ts";
import { PointQuality, type QualityRule } from "./point-quality.ts";
import { qualityOf } from "./quality.ts";
import type { WaveformRule } from "./waveform-points.ts";

export type AssemblerOptions = {
  /** Points of the machine, all reads together. */
  readonly pointCount: number;
  /** Which points each read brings, in the order of its readings, and how often (machine ms). */
  readonly reads: readonly {
    readonly everyMs: number;
    readonly pointIndexes: readonly number[];
    readonly waveforms?: readonly WaveformRule[];
  }[];
  /** Index of the update counter among the machine's points, null where there is none. */
  readonly counterIndex: number | null;
  /** What each point of the machine declares of its changes; none where absent. */
  readonly rules?: readonly QualityRule[];
  /** Points made of others; none where absent. */
  readonly derived?: DerivedPoints | null;
  /** Names of the points; needed where a waveform's speed is one of them. */
  readonly names?: readonly string[];
};

/** A reading counts so many periods of its read; then it is stale. */
const stalePeriods = 3;

/** The latest reading of a read, in arrays of our own: kept itself until the next one, every reading would outlive the youngest objects. */
type Known = { atMonotonicMs: number; staleFromMs: number; readonly shown: Float64Array; readonly reasons: (QualityReason | null)[] };

export class RowAssembler {
  readonly #options: AssemblerOptions;
  readonly #counterRead: number;
  /** One for each read. */
  readonly #quality: readonly PointQuality[];
  /** null: the machine has none. */
  readonly #waveforms: MachineWaveforms | null;
  readonly #latest: (Known | null)[];
  /** The reading whose row was not made yet, where it is the row. */
  #fresh: DeviceReading | null = null;
  /** One read brings all points, in their order: its reading is the row. */
  readonly #isReadingRow: boolean;
  #lastUpdate: number | null = null;
  #missedRows = 0;

  constructor(options: AssemblerOptions) {
    this.#options = options;
    this.#latest = options.reads.map(() => null);
    const { rules = [], reads, pointCount, derived = null } = options;
    const [first] = reads;
    const hasWaveforms = reads.some(({ waveforms = [] }) => waveforms.length > 0);
    this.#waveforms = hasWaveforms ? new MachineWaveforms({ reads, names: options.names ?? [], stalePeriods }) : null;
    this.#isReadingRow =
      reads.length === 1 && derived === null && first?.pointIndexes.length === pointCount && first.pointIndexes.every((p, i) => p === i);
    this.#quality = options.reads.map(
      ({ everyMs, pointIndexes }) =>
        new PointQuality(
          pointIndexes.map((index) => rules[index] ?? {}),
          everyMs,
        ),
    );
    this.#counterRead = options.reads.findIndex(
      ({ pointIndexes }) => options.counterIndex !== null && pointIndexes.includes(options.counterIndex),
    );
  }

  /** Rows of the device that the counter says were there and were never seen. */
  get missedRows(): number {
    return this.#missedRows;
  }

  /** Takes one reading of read number `read`, whose reasons it may change. @returns a row where it shows a new one by its update counter, else null. */
  accept(read: number, reading: DeviceReading): RowValues | null {
    this.#quality[read]?.judge(reading);
    this.#keep(read, reading);
    if (this.#waveforms !== null) {
      // How fast the shaft turns may stand in this reading, too; the figures are written into it.
      this.#waveforms.judge(read, reading, this.#latest);
      this.#keep(read, reading);
    }
    if (read !== this.#counterRead) return null;
    const update = this.#updateOf(reading);
    if (update === null || update === this.#lastUpdate) return null;
    // A fraction, or a number below 0, shows a new row, too; but it counts nothing, and the gateway would refuse it.
    const isCount = Number.isSafeInteger(update) && update >= 0;
    if (isCount && this.#lastUpdate !== null && update > this.#lastUpdate) this.#missedRows += Math.floor(update - this.#lastUpdate - 1);
    this.#lastUpdate = update;
    return this.rowAt(reading.atMonotonicMs, isCount ? update : null);
  }

  /** The machine as it is known at a moment (machine ms): the latest reading of every read, stale where too old. */
  rowAt(atMonotonicMs: number, update: number | null = null): RowValues {
    const row = this.#valuesAt(atMonotonicMs, update);
    const spectra = this.#waveforms?.spectraAt(atMonotonicMs) ?? [];
    return spectra.length === 0 ? row : { ...row, spectra };
  }

  #valuesAt(atMonotonicMs: number, update: number | null): RowValues {
    const whole = this.#takeFresh(atMonotonicMs);
    if (whole !== null)
      return { atMonotonicMs, update, values: usable(whole.shown, whole.reasons), shown: whole.shown, reasons: whole.reasons };
    const { pointCount, reads, derived } = this.#options;
    const shown = new Float64Array(pointCount).fill(Number.NaN);
    const reasons = new Array<QualityReason | null>(pointCount).fill("stale");
    for (let i = 0; i < reads.length; i++) {
      const reading = this.#latest[i];
      if (reading === null || reading === undefined) continue;
      const { pointIndexes } = reads[i] as AssemblerOptions["reads"][number];
      const isStale = this.#isStale(i, reading, atMonotonicMs);
      for (let j = 0; j < pointIndexes.length; j++) {
        const point = pointIndexes[j] as number;
        shown[point] = reading.shown[j] ?? Number.NaN;
        const reason = reading.reasons[j] ?? null;
        reasons[point] = isStale && qualityOf(reason) !== "bad" ? "stale" : reason;
      }
    }
    derived?.fill(shown, reasons);
    return { atMonotonicMs, update, values: usable(shown, reasons), shown, reasons };
  }

  #keep(read: number, reading: DeviceReading): void {
    if (this.#isReadingRow) this.#fresh = reading;
    const { atMonotonicMs, staleFromMs = Number.POSITIVE_INFINITY, shown, reasons } = reading;
    const known = this.#latest[read];
    if (known === null || known === undefined) {
      this.#latest[read] = { atMonotonicMs, staleFromMs, shown: shown.slice(), reasons: [...reasons] };
      return;
    }
    known.atMonotonicMs = atMonotonicMs;
    known.staleFromMs = staleFromMs;
    for (let i = 0; i < shown.length; i++) {
      known.shown[i] = shown[i] as number;
      known.reasons[i] = reasons[i] ?? null;
    }
  }

  #takeFresh(atMonotonicMs: number): DeviceReading | null {
    const fresh = this.#fresh;
    this.#fresh = null;
    return fresh === null || this.#isStale(0, fresh, atMonotonicMs) ? null : fresh;
  }

  #isStale(read: number, reading: Pick<DeviceReading, "atMonotonicMs" | "staleFromMs">, atMonotonicMs: number): boolean {
    if (reading.staleFromMs !== undefined && atMonotonicMs > reading.staleFromMs) return true;
    return atMonotonicMs - reading.atMonotonicMs > stalePeriods * (this.#options.reads[read]?.everyMs ?? 0);
  }

  #updateOf(reading: DeviceReading): number | null {
    const at = this.#options.reads[this.#counterRead]?.pointIndexes.indexOf(this.#options.counterIndex as number) ?? -1;
    return reading.reasons[at] === null ? (reading.shown[at] as number) : null;
  }
}

/** The values a model may see: NaN where one is bad. The same array where none is. */
function usable(shown: Float64Array, reasons: readonly (QualityReason | null)[]): Float64Array {
  let values = shown;
  for (let point = 0; point < shown.length; point++) {
    if (qualityOf(reasons[point] ?? null) !== "bad") continue;
    if (values === shown) values = shown.slice();
    values[point] = Number.NaN;
  }
  return values;
}
