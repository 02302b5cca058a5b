// What is said about the future of a machine: how long it lives, and how likely it fails within some horizons. Where there is no figure it says why.
// Two units: `cycles` of a machine that is measured once a cycle, or `ms` of the time it runs.
import * as v from "valibot";
import { Finite, PointName, Sha256, WallMs } from "./names.ts";
import { UnavailableReason } from "./unavailable-reason.ts";

/** `detail`: the same in plain words, e.g. which signal is missing. */
const Unavailable = v.strictObject({
  status: v.literal("unavailable"),
  reason: UnavailableReason,
  detail: v.optional(v.pipe(v.string(), v.maxLength(300))),
});

const Share = v.pipe(Finite, v.minValue(0), v.maxValue(1));
const NotNegative = v.pipe(Finite, v.minValue(0));

export const LifeUnit = v.picklist(["cycles", "ms"]);
export type LifeUnit = v.InferOutput<typeof LifeUnit>;

/**
 * How far a probability may be believed. `calibrated`: its forecasts were compared with what happened at this very horizon; `interpolated`: made of
 * those and of the interval of the remaining life; `uncalibrated`: of a model of wear that no failure has confirmed.
 */
export const Calibration = v.picklist(["calibrated", "interpolated", "uncalibrated"]);
export type Calibration = v.InferOutput<typeof Calibration>;

const Horizon = v.union([
  v.strictObject({ within_ms: NotNegative, p: Share, calibration: Calibration }),
  v.strictObject({ within_cycles: NotNegative, p: Share, calibration: Calibration }),
]);
export type Horizon = v.InferOutput<typeof Horizon>;

/** In the order of the horizons. One for which nothing is known (beyond what the model tells apart) is left out. */
export const FailureProbability = v.variant("status", [
  v.strictObject({ status: v.literal("available"), horizons: v.pipe(v.array(Horizon), v.maxLength(16)) }),
  Unavailable,
]);
export type FailureProbability = v.InferOutput<typeof FailureProbability>;

/** What a forecast rests on: machines of its kind that ran to failure, or its own wear towards a limit. */
export const LifeBasis = v.picklist(["run_to_failure", "health_index"]);
export type LifeBasis = v.InferOutput<typeof LifeBasis>;

export const RemainingLife = v.variant("status", [
  v.strictObject({
    status: v.literal("available"),
    unit: LifeUnit,
    middle: NotNegative,
    /** The interval that is meant to hold the life in `coverage` of cases. */
    low: NotNegative,
    high: NotNegative,
    coverage: Share,
    /** Lives from here on are not told apart: a middle or high of so much means "or more". null: no such bound. */
    cap: v.nullable(NotNegative),
    basis: LifeBasis,
    calibration: Calibration,
    /** The bundle it came from; null where it rests on the machine's own wear. */
    model: v.nullable(v.strictObject({ id: v.string(), hash: Sha256 })),
    /** It is for the load of now, which this point says; wear goes with load^exponent. Absent: the load is not looked at. */
    load: v.optional(v.strictObject({ point: PointName, exponent: NotNegative })),
  }),
  Unavailable,
]);
export type RemainingLife = v.InferOutput<typeof RemainingLife>;

/** What is said of one machine at one time. */
export type LifeForecast = { readonly remaining_life: RemainingLife; readonly p_fail: FailureProbability };

/** The newest forecast of a machine, as its box's state has it; `wall_ms`: of the row it was made from. */
export const Forecast = v.strictObject({ wall_ms: WallMs, remaining_life: RemainingLife, p_fail: FailureProbability });
export type Forecast = v.InferOutput<typeof Forecast>;
