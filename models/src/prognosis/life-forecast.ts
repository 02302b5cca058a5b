// What a prognosis says of one machine, as it goes over the wire. In: the figures of the graph and the horizons that are wanted. Out: remaining life
// with its interval, P(fail) for each horizon of which something is known. No figure is invented: without one, why there is none.
import type { Horizon, LifeForecast } from "@millwright/contract/forecast";
import type { PrognosisManifest } from "@millwright/contract/prognosis-manifest";
import type { UnavailableReason } from "@millwright/contract/unavailable-reason";
import { type FailureWithin, failureCurve } from "./failure-curve.ts";

export type HorizonsWanted = {
  /** Ms of running time, for bundles whose cycle is a stretch of time. */
  readonly ms: readonly number[];
  /** For the others; null: those the bundle was trained for. */
  readonly cycles: readonly number[] | null;
};

/** Without a prognosis, or where one may not speak. `detail`: plain words, at most 300 characters are told. */
export function noForecast(reason: UnavailableReason, detail?: string): LifeForecast {
  const status = { status: "unavailable", reason, ...(detail === undefined ? {} : { detail: detail.slice(0, 300) }) } as const;
  return { remaining_life: status, p_fail: status };
}

/** @param figures of one row of `PrognosisScorer.forecast`: low, middle, high, then a probability for each of the manifest's horizons (cycles) */
export function lifeForecast(figures: readonly number[], manifest: PrognosisManifest, wanted: HorizonsWanted): LifeForecast {
  const { life, features, horizons_cycles } = manifest;
  const [low = 0, middle = 0, high = 0] = figures;
  if (figures.length < 3 + horizons_cycles.length || !figures.every(Number.isFinite)) return noForecast("model_failed");
  const curve = curveOf(figures, manifest);
  const cycleMs = features.cycle_ms;
  const chance = (cycles: number) => {
    const found = curve(cycles);
    return found === null
      ? null
      : { p: Math.min(1, Math.max(0, found.p)), calibration: found.isTrained ? ("calibrated" as const) : ("interpolated" as const) };
  };
  const horizons: (Horizon | null)[] =
    cycleMs === undefined
      ? (wanted.cycles ?? horizons_cycles).map((cycles) => withChance({ within_cycles: cycles }, chance(cycles)))
      : wanted.ms.map((ms) => withChance({ within_ms: ms }, chance(ms / cycleMs)));
  const scale = cycleMs ?? 1;
  return {
    remaining_life: {
      status: "available",
      unit: cycleMs === undefined ? "cycles" : "ms",
      middle: middle * scale,
      low: low * scale,
      high: high * scale,
      coverage: life.coverage,
      cap: life.cap_cycles * scale,
      basis: "run_to_failure",
      calibration: "calibrated",
      model: { id: manifest.id, hash: manifest.model_sha256 },
    },
    p_fail: { status: "available", horizons: horizons.filter((one) => one !== null) },
  };
}

/** P(fail within so many cycles), of the same figures. */
export function curveOf(
  figures: readonly number[],
  { life, horizons_cycles }: PrognosisManifest,
): (cycles: number) => FailureWithin | null {
  const [low = 0, middle = 0, high = 0, ...fails] = figures;
  return failureCurve({
    low,
    middle,
    high,
    quantiles: [life.quantiles[0] ?? 0.05, life.quantiles[1] ?? 0.95],
    cap: life.cap_cycles,
    trained: horizons_cycles.map((within, n) => ({ within, p: fails[n] as number })),
  });
}

type Chance = { p: number; calibration: "calibrated" | "interpolated" };

const withChance = <W extends object>(within: W, chance: Chance | null): (W & Chance) | null =>
  chance === null ? null : { ...within, ...chance };
