// The level of a vibration that grows slowly, against its own first snapshots: a chart on logarithms, so that gain and unit of the sensor do not
// matter. In: one snapshot at a time, as one positive figure per channel (RMS, RMS of the first difference). Out: a score, 1 = alarm limit.
// The past alone is used; memory is the learning snapshots and the last few.
import { medianOf } from "./statistics.ts";

/** Chosen on IMS test 2; between 3 and 5 spreads, 150 and 200 snapshots the alarm moves by an hour (docs/decisions/0013). */
export const learningSnapshots = 150;
const limitSpreads = 3.5;
const smoothedSnapshots = 3;
const persistentSnapshots = 3;
/** Smallest spread believed, in natural logarithms: one percent of the level. */
const leastSpread = 0.01;
/** Share of a snapshot's distance the baseline follows, so that slow drift is no alarm; a snapshot pulls with two spreads at most. */
const follow = 0.005;
const largestPull = 2;

export type WearVerdict = {
  /** Mean distance of the channels above their baselines; 1 is the limit, below 0 quieter than learned. Null: still learning, or a bad snapshot. */
  readonly score: number | null;
  /** The limit was passed in three snapshots running. */
  readonly alarm: boolean;
};

/** Plain JSON, logarithms; `learned` is empty once there are `channels`. */
export type WearChartState = {
  readonly learned: readonly (readonly number[])[];
  readonly recent: readonly (readonly number[])[];
  readonly channels: readonly { readonly centre: number; readonly spread: number }[] | null;
  readonly above: number;
};

export class WearChart {
  #learned: (readonly number[])[];
  readonly #recent: (readonly number[])[];
  #channels: { centre: number; spread: number }[] | null;
  #above: number;

  /** @param state of an earlier one of as many channels */
  constructor(state: WearChartState = { learned: [], recent: [], channels: null, above: 0 }) {
    this.#learned = [...state.learned];
    this.#recent = [...state.recent];
    this.#channels = state.channels === null ? null : state.channels.map((channel) => ({ ...channel }));
    this.#above = state.above;
  }

  get state(): WearChartState {
    const channels = this.#channels === null ? null : this.#channels.map((channel) => ({ ...channel }));
    return { learned: [...this.#learned], recent: [...this.#recent], channels, above: this.#above };
  }

  /** Snapshots it still wants to learn from. */
  get wanted(): number {
    return this.#channels === null ? learningSnapshots - this.#learned.length : 0;
  }

  /** The level each channel is measured from, as it came in; null while it learns. */
  get baselines(): readonly number[] | null {
    return this.#channels === null ? null : this.#channels.map(({ centre }) => Math.exp(centre));
  }

  /** @param levels one positive figure per channel, always as many; a snapshot with another figure in it (0, NaN) is passed over */
  push(levels: readonly number[]): WearVerdict {
    if (!levels.every((level) => level > 0 && Number.isFinite(level))) return { score: null, alarm: false };
    const logs = levels.map(Math.log);
    this.#recent.push(logs);
    if (this.#recent.length > smoothedSnapshots) this.#recent.shift();
    if (this.#channels === null) {
      this.#learned.push(logs);
      if (this.#learned.length === learningSnapshots) {
        this.#channels = logs.map((_, c) => baselineOf(this.#learned.map((row) => row[c] as number)));
        this.#learned = [];
      }
      return { score: null, alarm: false };
    }
    const distances = this.#channels.map(
      ({ centre, spread }, c) => (medianOf(this.#recent.map((row) => row[c] as number)) - centre) / spread,
    );
    for (const [c, channel] of this.#channels.entries()) {
      const pull = ((logs[c] as number) - channel.centre) / channel.spread;
      channel.centre += follow * channel.spread * Math.max(-largestPull, Math.min(largestPull, pull));
    }
    const score = distances.reduce((sum, distance) => sum + distance, 0) / distances.length / limitSpreads;
    this.#above = score > 1 ? this.#above + 1 : 0;
    return { score, alarm: this.#above >= persistentSnapshots };
  }
}

/** Centre of the last two thirds (the machine warms up first), spread about the centre of all: 1.4826 × median distance. */
function baselineOf(logs: readonly number[]): { centre: number; spread: number } {
  const middle = medianOf(logs);
  const spread = 1.4826 * medianOf(logs.map((log) => Math.abs(log - middle)));
  return { centre: medianOf(logs.slice(Math.floor(logs.length / 3))), spread: Math.max(leastSpread, spread) };
}
