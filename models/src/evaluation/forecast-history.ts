// A machine's history → its forecast at the end of it, by a bundle or by its own wear: what the agent would say, and the curve to ask plans of.
import type { LifeForecast } from "@millwright/contract/forecast";
import { Fault } from "@millwright/kit/fault";
import type { PrognosisBundle } from "../onnx/build-prognosis-bundle.ts";
import { openPrognosis, type PrognosisScorer } from "../onnx/prognosis-session.ts";
import { extrapolateHealth } from "../prognosis/extrapolate-health.ts";
import { HealthHistory } from "../prognosis/health-history.ts";
import { curveOf, lifeForecast } from "../prognosis/life-forecast.ts";
import { type LifeAtPresentLoad, type LoadedPoint, learnLoadExponent, overWearTime } from "../prognosis/load-plan.ts";
import type { Recording } from "./parse-skab-file.ts";
import { cycleEnds, periodOf } from "./replay-prognosis.ts";

/** In ms. `perCycleMs`: where lives are counted in cycles, how long one took in this history. */
export type HistoryForecast = { readonly life: LifeAtPresentLoad; readonly perCycleMs: number | null; readonly told: LifeForecast | null };

/** Blocks the load is looked at in; wear of one row cannot be seen. */
const blocks = 128;

/** @throws Fault history_mismatch, no_forecast with the reason */
export async function forecastByBundle({ manifest, model }: PrognosisBundle, history: Recording): Promise<HistoryForecast> {
  const { features, horizons_cycles } = manifest;
  const last = cycleEnds(manifest, history).findLast((end) => end !== null);
  if (last === undefined) throw new Fault("no_forecast", "data", "the history holds no whole cycle");
  if (last.features === null) throw new Fault("no_forecast", "data", `no forecast at its end: ${last.reason}: ${last.detail}`);
  const scorer = await openPrognosis(model, { features: features.columns, horizons: horizons_cycles.length });
  const figures = await firstForecast(scorer, last.features);
  const curve = curveOf(figures, manifest);
  const [low = 0, middle = 0, high = 0] = figures;
  const perCycleMs = features.cycle_ms ?? periodOf(history);
  return {
    life: {
      low: low * perCycleMs,
      middle: middle * perCycleMs,
      high: high * perCycleMs,
      within: (ms) => curve(ms / perCycleMs)?.p ?? null,
    },
    perCycleMs: features.cycle_ms === undefined ? perCycleMs : null,
    told: lifeForecast(figures, manifest, { ms: [], cycles: null }),
  };
}

async function firstForecast(scorer: PrognosisScorer, features: Float32Array): Promise<number[]> {
  try {
    return (await scorer.forecast(features, 1))[0] ?? [];
  } finally {
    await scorer.close();
  }
}

export type WearQuestion = {
  readonly point: string;
  readonly limit: number;
  /** A point that says the load; null: it is not looked at. */
  readonly load: string | null;
  /** null: learned from the history. */
  readonly exponent: number | null;
};

/** `exponent`: as stated or learned; null where no load is named. @throws Fault history_mismatch, no_forecast */
export function forecastByWear(
  { points, rows }: Recording,
  { point, limit, load, exponent: stated }: WearQuestion,
): HistoryForecast & { exponent: number | null; isLearned: boolean } {
  const place = (name: string): number => {
    const found = points.findIndex((one) => one.name === name);
    if (found >= 0) return found;
    throw new Fault("history_mismatch", "config", `the history has no column ${name}; it has ${points.map((one) => one.name).join(", ")}`);
  };
  const loaded = blocksOf(
    rows.map(({ atMs, values }) => ({
      at: atMs,
      value: values[place(point)] ?? Number.NaN,
      load: load === null ? 1 : (values[place(load)] ?? Number.NaN),
    })),
  );
  const learned =
    load === null || stated !== null ? null : learnLoadExponent(loaded.map((one) => ({ ...one, value: Math.log(one.value) })));
  const exponent = load === null ? null : (stated ?? learned?.exponent ?? null);
  if (load !== null && exponent === null)
    throw new Fault(
      "no_forecast",
      "data",
      `how wear goes with ${load} cannot be learned from this history: state it with --exponent (ISO 281: 3 for ball bearings)`,
    );
  // The pace of now: the mean of the last eighth of the history.
  const now = loaded.slice(-Math.max(1, Math.floor(loaded.length / 8)));
  const reference = now.reduce((sum, one) => sum + one.load, 0) / now.length;
  const history = new HealthHistory();
  for (const one of overWearTime(
    loaded.map((each) => ({ ...each, load: each.load / reference })),
    exponent ?? 0,
  ))
    history.push(one.at, one.value);
  const found = extrapolateHealth(history.points, limit);
  if (found.status !== "trend") throw new Fault("no_forecast", "data", `no forecast at its end: ${found.status}: ${found.detail}`);
  const { low, middle, high, cap, within } = found;
  const life = { low, middle, high, within: (ms: number): number | null => (ms > cap ? null : within(ms)) };
  return { life, perCycleMs: null, told: null, exponent, isLearned: learned !== null };
}

/** Means of equally many rows with good values. */
function blocksOf(rows: readonly LoadedPoint[]): LoadedPoint[] {
  const good = rows.filter(({ value, load }) => Number.isFinite(value) && Number.isFinite(load));
  const size = Math.max(1, Math.ceil(good.length / blocks));
  return Array.from({ length: Math.floor(good.length / size) }, (_, n) => {
    const some = good.slice(n * size, (n + 1) * size);
    const mean = (of: (one: LoadedPoint) => number): number => some.reduce((sum, one) => sum + of(one), 0) / some.length;
    return { at: mean(({ at }) => at), value: mean(({ value }) => value), load: mean((one) => one.load) };
  });
}
