// One machine on its way through its life, for a prognosis. In: rows of settings and values in the manifest's order, NaN where a value is bad, from
// the machine's first cycle on. Out, at the end of each cycle: the features of the model, or why this cycle has no forecast. Pure and causal; the
// same in the agent, in replay and on the command line.
import type { PrognosisManifest } from "@millwright/contract/prognosis-manifest";
import type { UnavailableReason } from "@millwright/contract/unavailable-reason";
import { badRowsOf, badWindowStep } from "../features/bad-window.ts";
import { CycleStream, type CycleStreamSnapshot, cycleFeatureCount, cycleFeatureKinds } from "../features/cycle-stream.ts";
import { conditionIndex, distanceToCondition, standardise } from "../features/operating-conditions.ts";
import { cycleSettings, featureSettings, learningSettings } from "../settings.ts";
import { wearIndex } from "./wear-index.ts";

export type PrognosisRow = { readonly settings: readonly number[]; readonly values: readonly number[] };

/** Plain JSON. `part`: rows of the cycle that has not ended, summed up; `last`, `bad`, `missing`: of each live point. */
export type PrognosisSnapshot = {
  cycles: CycleStreamSnapshot;
  part: { rows: number; sums: number[]; good: number[] };
  last: number[];
  bad: number[];
  missing: number[];
};

/** `row`: of the whole cycle. */
export type CycleEnd = { readonly cycle: number; readonly row: PrognosisRow } & (
  | { readonly features: Float32Array }
  | { readonly features: null; readonly reason: UnavailableReason; readonly detail: string }
);

/** @returns what this version does not compute like that; null where the features are its own */
export function strangeCycleFeatures({ features }: PrognosisManifest): string | null {
  const { windows, ewmaAlpha, firstCycles } = cycleSettings;
  const ours = { windows_cycles: windows, ewma_alpha: ewmaAlpha, first_cycles: firstCycles, kinds: cycleFeatureKinds };
  const columns = cycleFeatureCount(features.live.length + features.indices.length);
  const strange = Object.entries({ ...ours, columns }).find(([key, value]) => String(features[key as keyof typeof ours]) !== String(value));
  return strange === undefined
    ? null
    : `features.${strange[0]} is ${String(features[strange[0] as "kinds"])} instead of ${String(strange[1])}`;
}

export class PrognosisStream {
  readonly #features: PrognosisManifest["features"];
  readonly #rowsPerCycle: number;
  readonly #stream: CycleStream;
  readonly #state: Omit<PrognosisSnapshot, "cycles">;

  /** @param options `periodMs` between two rows: how many of them make a cycle that is a stretch of time; otherwise each row is a cycle */
  constructor({ manifest, periodMs, snapshot }: { manifest: PrognosisManifest; periodMs: number; snapshot?: PrognosisSnapshot }) {
    const { features } = manifest;
    this.#features = features;
    this.#rowsPerCycle = features.cycle_ms === undefined ? 1 : Math.max(1, Math.round(features.cycle_ms / periodMs));
    this.#stream = new CycleStream(features.live.length + features.indices.length, snapshot?.cycles);
    const none = (): number[] => features.live.map(() => 0);
    this.#state = snapshot === undefined ? { part: noPart(), last: none(), bad: none(), missing: none() } : structuredClone(snapshot);
  }

  /** @returns null in the middle of a cycle */
  push({ settings, values }: PrognosisRow): CycleEnd | null {
    const row = this.#gathered([...settings, ...values]);
    return row === null ? null : this.#cycle({ settings: row.slice(0, settings.length), values: row.slice(settings.length) });
  }

  /** Where it stands, to be written down at once: it changes with the next row. */
  get state(): PrognosisSnapshot {
    return { ...this.#state, cycles: this.#stream.state };
  }

  /** Means of the good values once a cycle is whole; NaN where too many of them were bad. */
  #gathered(row: readonly number[]): number[] | null {
    const { part } = this.#state;
    part.rows += 1;
    for (const [column, value] of row.entries()) {
      const isGood = Number.isFinite(value);
      part.sums[column] = (part.sums[column] ?? 0) + (isGood ? value : 0);
      part.good[column] = (part.good[column] ?? 0) + Number(isGood);
    }
    if (part.rows < this.#rowsPerCycle) return null;
    this.#state.part = noPart();
    const least = part.rows * (1 - learningSettings.maxBadShare);
    return part.sums.map((sum, column) => {
      const good = part.good[column] as number;
      return good > 0 && good >= least ? sum / good : Number.NaN;
    });
  }

  #cycle(row: PrognosisRow): CycleEnd {
    const { live, indices, conditions, points } = this.#features;
    const state = this.#state;
    const whyUnknown = this.#unknownCondition(row.settings);
    const standard = whyUnknown === null ? standardise(row, conditions) : [];
    for (const [n, p] of live.entries()) {
      const value = standard[p] ?? Number.NaN;
      const isGood = Number.isFinite(value);
      // A gap is bridged with what the point showed last; how long that may be, `#whyNone` says.
      if (isGood) state.last[n] = value;
      state.bad[n] = badWindowStep(state.bad[n] as number, !isGood);
      state.missing[n] = isGood ? 0 : (state.missing[n] as number) + 1;
    }
    const whole = points.map((_, p) => state.last[live.indexOf(p)] ?? 0);
    const wear = { values: whole, condition: conditionIndex(row.settings, conditions) };
    const features = this.#stream.push([...state.last, ...indices.map((weights) => wearIndex(wear, weights))]);
    const cycle = this.#stream.state.age;
    const why = whyUnknown ?? this.#whyNone(cycle);
    return why === null ? { features, cycle, row } : { features: null, cycle, row, ...why };
  }

  #unknownCondition(settings: readonly number[]): Why | null {
    const { settings: names, conditions } = this.#features;
    const missing = settings.findIndex((value) => !Number.isFinite(value));
    if (missing >= 0) return { reason: "missing_signals", detail: `${names[missing]}, which says how it runs, has no good value` };
    if (distanceToCondition(settings, conditions) <= cycleSettings.sameCondition) return null;
    const shown = settings.map((value, s) => `${names[s]} is ${Number(value.toPrecision(4))}`).join(", ");
    return { reason: "unknown_condition", detail: `${shown}: far from every operating condition it learned` };
  }

  #whyNone(cycle: number): Why | null {
    const { live, points } = this.#features;
    const { bad, missing } = this.#state;
    const gone = missing.findIndex((cycles) => cycles > featureSettings.maxGapPeriods || cycles >= cycle);
    if (gone >= 0)
      return { reason: "missing_signals", detail: `${points[live[gone] as number]} has had no good value for ${missing[gone]} cycles` };
    const rows = Math.min(cycle, featureSettings.badWindowRows);
    const badShare = bad.reduce((sum, window) => sum + badRowsOf(window), 0) / (rows * live.length);
    if (badShare <= learningSettings.maxBadShare) return null;
    return { reason: "too_few_good_points", detail: `${Math.round(100 * badShare)} % of its values of the last ${rows} cycles are bad` };
  }
}

type Why = { readonly reason: UnavailableReason; readonly detail: string };

const noPart = (): PrognosisSnapshot["part"] => ({ rows: 0, sums: [], good: [] });
