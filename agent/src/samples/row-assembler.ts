// Readings of one machine (one or several reads, each with its own period) → rows. Pure.
// With an update counter there is a row exactly when the counter changed; without one, a row whenever the timetable asks for it.
import type { QualityReason } from "@millwright/contract/telemetry";
import type { DeviceReading } from "../registers/reader.ts";
import type { DerivedPoints } from "./derived-points.ts";
import type { RowValues } from "./machine-row.ts";
import { PointQuality, type QualityRule } from "./point-quality.ts";
import { qualityOf } from "./quality.ts";
import { type SpectrumSnapshot, WaveformPoints, type WaveformRule } from "./waveform-points.ts";

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
  /** Names of the points, for the speeds of waveforms; may be absent where there are none. */
  readonly names?: readonly string[];
};

/** A reading counts so many periods of its read; then it is stale. */
const stalePeriods = 3;

export class RowAssembler {
  readonly #options: AssemblerOptions;
  readonly #counterRead: number;
  /** One for each read. */
  readonly #quality: readonly PointQuality[];
  readonly #waveforms: readonly (readonly { readonly rule: WaveformRule; readonly points: WaveformPoints }[])[];
  readonly #latest: (DeviceReading | null)[];
  #lastUpdate: number | null = null;
  #missedRows = 0;

  constructor(options: AssemblerOptions) {
    this.#options = options;
    this.#latest = options.reads.map(() => null);
    this.#waveforms = options.reads.map(({ waveforms = [] }) =>
      waveforms.map((rule, i) => ({ rule, points: new WaveformPoints(rule, i) })),
    );
    const { rules = [] } = options;
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
    this.#latest[read] = reading;
    for (const { rule, points } of this.#waveforms[read] ?? []) points.judge(reading, this.#shaftOf(rule, reading.atMonotonicMs));
    if (read !== this.#counterRead) return null;
    const update = this.#updateOf(reading);
    if (update === null || update === this.#lastUpdate) return null;
    if (this.#lastUpdate !== null && update > this.#lastUpdate) this.#missedRows += update - this.#lastUpdate - 1;
    this.#lastUpdate = update;
    return this.rowAt(reading.atMonotonicMs, update);
  }

  /** The machine as it is known at a moment (machine ms): the latest reading of every read, stale where too old. */
  rowAt(atMonotonicMs: number, update: number | null = null): RowValues {
    const { pointCount, reads, derived } = this.#options;
    const shown = new Float64Array(pointCount).fill(Number.NaN);
    const values = new Float64Array(pointCount).fill(Number.NaN);
    const reasons = new Array<QualityReason | null>(pointCount).fill("stale");
    for (const [i, { everyMs, pointIndexes }] of reads.entries()) {
      const reading = this.#latest[i];
      if (reading === null || reading === undefined) continue;
      const isStale = atMonotonicMs - reading.atMonotonicMs > stalePeriods * everyMs;
      for (const [j, point] of pointIndexes.entries()) {
        const value = reading.shown[j] ?? Number.NaN;
        const reason = reading.reasons[j] ?? (isStale ? "stale" : null);
        shown[point] = value;
        reasons[point] = reason;
      }
    }
    derived?.fill(shown, reasons);
    for (let point = 0; point < pointCount; point++) {
      if (qualityOf(reasons[point] ?? null) !== "bad") values[point] = shown[point] as number;
    }
    const spectra = this.#spectraAt(atMonotonicMs);
    return { atMonotonicMs, update, values, shown, reasons, ...(spectra.length === 0 ? {} : { spectra }) };
  }

  // Hz, or why it is not known: as the latest reading of whichever read brings it says.
  #shaftOf({ shaft }: WaveformRule, atMs: number): number | QualityReason {
    if (shaft === null) return "sentinel";
    if ("hz" in shaft) return shaft.hz;
    const { reads, names = [] } = this.#options;
    const point = names.indexOf(shaft.point);
    const read = reads.findIndex(({ pointIndexes }) => pointIndexes.includes(point));
    const reading = this.#latest[read];
    const everyMs = reads[read]?.everyMs ?? 0;
    if (reading === null || reading === undefined || atMs - reading.atMonotonicMs > stalePeriods * everyMs) return "stale";
    const place = reads[read]?.pointIndexes.indexOf(point) ?? -1;
    const reason = reading.reasons[place] ?? null;
    return qualityOf(reason) === "bad" ? (reason ?? "stale") : (reading.shown[place] as number) * shaft.hzPerUnit;
  }

  #spectraAt(atMs: number): SpectrumSnapshot[] {
    return this.#waveforms.flatMap((waveforms, read) => {
      const oldestMs = atMs - stalePeriods * (this.#options.reads[read]?.everyMs ?? 0);
      return waveforms.flatMap(({ points: { snapshot } }) => (snapshot !== null && snapshot.atMonotonicMs >= oldestMs ? [snapshot] : []));
    });
  }

  #updateOf(reading: DeviceReading): number | null {
    const at = this.#options.reads[this.#counterRead]?.pointIndexes.indexOf(this.#options.counterIndex as number) ?? -1;
    return reading.reasons[at] === null ? (reading.shown[at] as number) : null;
  }
}
