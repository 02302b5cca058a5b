// The forecast of a machine of which no failure is known, row by row: its health index against its limit, over the time it ran. In: one value a row
// while it runs, and its load where that is known. Out: remaining life until the limit and P(limit reached) within each horizon, uncalibrated, if it
// goes on under the load of now; or why there is none. Pure.
import type { LifeForecast } from "@millwright/contract/forecast";
import { badRowsOf, badWindowStep } from "../features/bad-window.ts";
import { featureSettings, learningSettings, prognosisSettings } from "../settings.ts";
import { extrapolateHealth } from "./extrapolate-health.ts";
import { HealthHistory, type HealthSnapshot } from "./health-history.ts";
import { noForecast } from "./life-forecast.ts";
import { wearPace } from "./load-plan.ts";

export type WearForecastOptions = {
  /** Above which the machine may not run; in the unit of the index. */
  readonly limit: number;
  readonly periodMs: number;
  readonly horizonsMs: readonly number[];
  /** The point that says the load, and its exponent: wear runs load^exponent times as fast; null: the load is not looked at. */
  readonly load: { readonly point: string; readonly exponent: number } | null;
};

/** Plain JSON. */
export type WearSnapshot = { rows: number; bad: number; toldRows: number; wear: number; pace: number; history: HealthSnapshot };

const [lowShare, highShare] = prognosisSettings.health.quantiles;
/** A life is not extrapolated anew more often than this: it costs some tenths of a millisecond. Ms of running time. */
const leastMs = 60_000;
/** The load of now is a running mean of its pace of wear over some 50 rows; below this share of the whole life's it is taken for that. */
const paceWeight = 0.02;
const leastPace = 0.01;

export class WearForecast {
  readonly #o: WearForecastOptions;
  readonly #history: HealthHistory;
  #rows: number;
  #bad: number;
  #toldRows: number;
  /** Running time, each stretch weighing by its pace of wear; and the pace of now. Without a load: running time, and 1. */
  #wear: number;
  #pace: number;

  constructor(options: WearForecastOptions, snapshot?: WearSnapshot) {
    this.#o = options;
    this.#history = new HealthHistory(snapshot?.history);
    this.#rows = snapshot?.rows ?? 0;
    this.#bad = snapshot?.bad ?? 0;
    this.#toldRows = snapshot?.toldRows ?? 0;
    this.#wear = snapshot?.wear ?? 0;
    this.#pace = snapshot?.pace ?? 0;
  }

  /** To be written down at once: it changes with the next row. */
  get state(): WearSnapshot {
    const [rows, bad, toldRows, wear, pace] = [this.#rows, this.#bad, this.#toldRows, this.#wear, this.#pace];
    return { rows, bad, toldRows, wear, pace, history: this.#history.state };
  }

  /** @param value of the index in this row; NaN where it is bad @param load the same; where it is bad, as it was last @returns null where nothing new is to be said */
  push(value: number, load = 1): LifeForecast | null {
    const { periodMs, load: law } = this.#o;
    this.#rows += 1;
    const pace = law === null ? 1 : Number.isFinite(load) ? wearPace(load, law.exponent) : this.#pace;
    this.#pace += (this.#rows === 1 ? 1 : paceWeight) * (pace - this.#pace);
    this.#wear += pace * periodMs;
    this.#bad = badWindowStep(this.#bad, !Number.isFinite(value));
    const isFilled = this.#history.push(this.#wear, value);
    const badRows = badRowsOf(this.#bad);
    if (badRows > learningSettings.maxBadShare * featureSettings.badWindowRows)
      return noForecast("too_few_good_points", `${badRows} of its last ${featureSettings.badWindowRows} values are bad`);
    const isDue = this.#toldRows === 0 || (this.#rows - this.#toldRows) * periodMs >= leastMs;
    if (!isFilled || !isDue) return null;
    this.#toldRows = this.#rows;
    return this.#forecast();
  }

  #forecast(): LifeForecast {
    const found = extrapolateHealth(this.#history.points, this.#o.limit);
    if (found.status !== "trend") return noForecast(found.status === "too_few" ? "warming_up" : found.status, found.detail);
    // From wear to time, at the pace of now.
    const mean = this.#wear / (this.#rows * this.#o.periodMs);
    const pace = Math.max(this.#pace, leastPace * mean);
    const [middle, low, high, cap] = [found.middle, found.low, found.high, found.cap].map((wear) => wear / pace) as Four;
    return {
      remaining_life: {
        status: "available",
        unit: "ms",
        middle,
        low,
        high,
        coverage: highShare - lowShare,
        cap,
        basis: "health_index",
        calibration: "uncalibrated",
        model: null,
        ...(this.#o.load === null ? {} : { load: this.#o.load }),
      },
      p_fail: {
        status: "available",
        horizons: this.#o.horizonsMs
          .filter((ms) => ms <= cap)
          .map((ms) => ({ within_ms: ms, p: found.within(ms * pace), calibration: "uncalibrated" as const })),
      },
    };
  }
}

type Four = [number, number, number, number];
