// All vibration sensors of one machine with waveforms. In: readings, as they come. Out: their figures, written into the readings, and the lines of their
// spectra for a row. Pure; costs nothing for machines that have none.
import type { QualityReason } from "@millwright/contract/telemetry";
import type { DeviceReading } from "../registers/reader.ts";
import { qualityOf } from "./quality.ts";
import { type SpectrumSnapshot, WaveformPoints, type WaveformRule } from "./waveform-points.ts";

type Read = { readonly everyMs: number; readonly pointIndexes: readonly number[]; readonly waveforms?: readonly WaveformRule[] };

export type WaveformOptions = {
  readonly reads: readonly Read[];
  /** Names of the machine's points, for speeds that are points. */
  readonly names: readonly string[];
  /** A reading counts so many periods of its read. */
  readonly stalePeriods: number;
};

export class MachineWaveforms {
  readonly #options: WaveformOptions;
  /** By read. */
  readonly #waveforms: readonly (readonly { readonly rule: WaveformRule; readonly points: WaveformPoints }[])[];

  constructor(options: WaveformOptions) {
    this.#options = options;
    this.#waveforms = options.reads.map(({ waveforms = [] }) =>
      waveforms.map((rule, i) => ({ rule, points: new WaveformPoints(rule, i) })),
    );
  }

  /** @param latest by read, the new reading among them */
  judge(read: number, reading: DeviceReading, latest: readonly (DeviceReading | null)[]): void {
    for (const { rule, points } of this.#waveforms[read] ?? []) points.judge(reading, this.#shaftOf(rule, latest, reading.atMonotonicMs));
  }

  /** Of the waveforms that are good and not too old. */
  spectraAt(atMs: number): SpectrumSnapshot[] {
    return this.#waveforms.flatMap((waveforms, read) => {
      const oldestMs = atMs - this.#options.stalePeriods * (this.#options.reads[read]?.everyMs ?? 0);
      return waveforms.flatMap(({ points: { snapshot } }) => (snapshot !== null && snapshot.atMonotonicMs >= oldestMs ? [snapshot] : []));
    });
  }

  // Hz, or why it is not known: as the latest reading of whichever read brings it says.
  #shaftOf({ shaft }: WaveformRule, latest: readonly (DeviceReading | null)[], atMs: number): number | QualityReason {
    if (shaft === null) return "sentinel";
    if ("hz" in shaft) return shaft.hz;
    const { reads, names, stalePeriods } = this.#options;
    const point = names.indexOf(shaft.point);
    const read = reads.findIndex(({ pointIndexes }) => pointIndexes.includes(point));
    const reading = latest[read] ?? null;
    if (reading === null || atMs - reading.atMonotonicMs > stalePeriods * (reads[read]?.everyMs ?? 0)) return "stale";
    const place = reads[read]?.pointIndexes.indexOf(point) ?? -1;
    const reason = reading.reasons[place] ?? null;
    return qualityOf(reason) === "bad" ? (reason ?? "stale") : (reading.shown[place] as number) * shaft.hzPerUnit;
  }
}
