// The forecast of a machine of which no failure is known, row by row: its health index against its limit, over the time it ran. In: one value a row
// while it runs. Out: remaining life until the limit and P(limit reached) within each horizon, uncalibrated; or why there is none. Pure.
import type { LifeForecast } from "@millwright/contract/forecast";
import { badRowsOf, badWindowStep } from "../features/bad-window.ts";
import { featureSettings, learningSettings, prognosisSettings } from "../settings.ts";
import { extrapolateHealth } from "./extrapolate-health.ts";
import { HealthHistory, type HealthSnapshot } from "./health-history.ts";
import { noForecast } from "./life-forecast.ts";

export type WearForecastOptions = {
  /** Above which the machine may not run; in the unit of the index. */
  readonly limit: number;
  readonly periodMs: number;
  readonly horizonsMs: readonly number[];
};

/** Plain JSON. */
export type WearSnapshot = { rows: number; bad: number; toldRows: number; history: HealthSnapshot };

const [lowShare, highShare] = prognosisSettings.health.quantiles;
/** A life is not extrapolated anew more often than this: it costs some tenths of a millisecond. Ms of running time. */
const leastMs = 60_000;

export class WearForecast {
  readonly #o: WearForecastOptions;
  readonly #history: HealthHistory;
  #rows: number;
  #bad: number;
  #toldRows: number;

  constructor(options: WearForecastOptions, snapshot?: WearSnapshot) {
    this.#o = options;
    this.#history = new HealthHistory(snapshot?.history);
    this.#rows = snapshot?.rows ?? 0;
    this.#bad = snapshot?.bad ?? 0;
    this.#toldRows = snapshot?.toldRows ?? 0;
  }

  /** To be written down at once: it changes with the next row. */
  get state(): WearSnapshot {
    return { rows: this.#rows, bad: this.#bad, toldRows: this.#toldRows, history: this.#history.state };
  }

  /** @param value of the index in this row; NaN where it is bad @returns null where nothing new is to be said */
  push(value: number): LifeForecast | null {
    const { periodMs } = this.#o;
    this.#rows += 1;
    this.#bad = badWindowStep(this.#bad, !Number.isFinite(value));
    const isFilled = this.#history.push(this.#rows * periodMs, value);
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
    const { middle, low, high, cap, within } = found;
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
      },
      p_fail: {
        status: "available",
        horizons: this.#o.horizonsMs
          .filter((ms) => ms <= cap)
          .map((ms) => ({ within_ms: ms, p: within(ms), calibration: "uncalibrated" as const })),
      },
    };
  }
}
