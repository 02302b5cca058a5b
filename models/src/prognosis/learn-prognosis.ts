// Learns remaining life and probability of failure from units that ran to failure. Pure; the same units and seed give the same model.
// In: rows of each unit from its first cycle to its last. Out: ensembles over causal features and the margins that make the interval honest
// (interval-margin.ts), from units the quantiles did not learn from.
import { CycleStream, cycleFeatureCount } from "../features/cycle-stream.ts";
import {
  type ConditionRow,
  conditionIndex,
  learnConditions,
  type OperatingConditions,
  standardise,
} from "../features/operating-conditions.ts";
import { prognosisSettings } from "../settings.ts";
import { type BinnedColumns, binColumns } from "./bin-columns.ts";
import { type FitOptions, fitEnsemble, type Loss } from "./fit-ensemble.ts";
import { inRange, type LeftOutRow, learnMargins, marginAt } from "./interval-margin.ts";
import { meanEnsemble, predictRow, sigmoid, type TreeEnsemble } from "./tree-ensemble.ts";
import { learnWearIndices, type WearRow, wearIndex } from "./wear-index.ts";

export type PrognosisFeatures = {
  readonly conditions: OperatingConditions;
  /** Indices of the points that move in some condition: the others are left out. */
  readonly live: readonly number[];
  /** Weights of all points: of the common indices [index][point], then of those the conditions have weights of their own for [index][condition × points + point]. */
  readonly indices: readonly (readonly number[])[];
};

export type Prognosis = {
  readonly features: PrognosisFeatures;
  readonly life: TreeEnsemble;
  readonly low: TreeEnsemble;
  readonly high: TreeEnsemble;
  /** Cycles by which the interval is widened (narrowed, where negative) on either side, by the life it tells. */
  readonly margins: readonly number[];
  readonly fails: readonly { readonly withinCycles: number; readonly ensemble: TreeEnsemble }[];
};

export type PrognosisOptions = { readonly horizons: readonly number[]; readonly seed: number; readonly onStep?: (line: string) => void };

/** Remaining life in cycles, up to the cap; the interval holds the truth (capped) in nine of ten cases; `fails` in the order of the horizons. */
export type Forecast = { readonly life: number; readonly low: number; readonly high: number; readonly fails: readonly number[] };

const { cap, folds } = prognosisSettings;
/** Life and probability are means of two ensembles, each with a seed of its own. */
const members = ["first", "second"] as const;

export function learnPrognosis(
  units: readonly (readonly ConditionRow[])[],
  { horizons, seed, onStep = () => {} }: PrognosisOptions,
): Prognosis {
  const features = learnFeatures(units);
  const { data, x, lives, unitOf } = tableOf(units, features);
  const targets = lives.map((life) => Math.min(cap, life));
  const all = Int32Array.from(unitOf.keys());
  const options = (loss: Loss, trees: number, offset: number, view: View): FitOptions => ({
    ...prognosisSettings.trees,
    rowShare: Math.min(0.5, prognosisSettings.rowsPerTree / unitOf.length),
    columns: columnsOf(view, features),
    loss,
    trees,
    seed: seed + offset,
  });
  onStep("remaining life");
  const life = meanEnsemble(
    members.map((view, i) => fitEnsemble(data, targets, all, options({ kind: "squared" }, prognosisSettings.lifeTrees, i, view))),
  );
  const bound = (q: number, use: Int32Array): TreeEnsemble =>
    fitEnsemble(data, targets, use, options({ kind: "quantile", q }, prognosisSettings.boundTrees, 100, "interval"));
  const [lowQ, highQ] = prognosisSettings.quantiles;
  const leftOut: LeftOutRow[] = [];
  for (let fold = 0; fold < folds; fold += 1) {
    onStep(`interval, fold ${fold + 1} of ${folds}`);
    const use = all.filter((row) => (unitOf[row] as number) % folds !== fold);
    const [low, high] = [bound(lowQ, use), bound(highQ, use)];
    for (const [row, unit] of unitOf.entries())
      if (unit % folds === fold)
        leftOut.push({ unit, truth: targets[row] as number, low: predictRow(low, x, row), high: predictRow(high, x, row) });
  }
  return {
    features,
    life,
    low: bound(lowQ, all),
    high: bound(highQ, all),
    margins: learnMargins(leftOut),
    fails: horizons.map((withinCycles) => {
      onStep(`failure within ${withinCycles} cycles`);
      const failed = lives.map((life) => Number(life < withinCycles));
      const member = (view: View, i: number): TreeEnsemble =>
        fitEnsemble(data, failed, all, {
          ...options({ kind: "logistic" }, prognosisSettings.failTrees, 200 + i, view),
          minWeight: prognosisSettings.failMinWeight,
        });
      return { withinCycles, ensemble: meanEnsemble(members.map(member)) };
    }),
  };
}

/** @param row the features of one cycle, from `unitFeatures` */
export function forecast({ life, low, high, margins, fails }: Prognosis, row: Float32Array): Forecast {
  const middle = inRange(predictRow(life, row));
  const quantiles = { low: predictRow(low, row), high: predictRow(high, row) };
  const margin = marginAt(margins, quantiles);
  return {
    life: middle,
    low: Math.min(middle, inRange(quantiles.low - margin)),
    high: Math.max(middle, inRange(quantiles.high + margin)),
    fails: fails.map(({ ensemble }) => sigmoid(predictRow(ensemble, row))),
  };
}

/** @returns the features of every cycle of a unit, given from its first cycle on */
export function unitFeatures(rows: readonly ConditionRow[], features: PrognosisFeatures): Float32Array[] {
  const stream = new CycleStream(features.live.length + features.indices.length);
  return rows.map((row) => {
    const wear = wearRow(row, features.conditions);
    return stream.push([
      ...features.live.map((p) => wear.values[p] as number),
      ...features.indices.map((weights) => wearIndex(wear, weights)),
    ]);
  });
}

function learnFeatures(units: readonly (readonly ConditionRow[])[]): PrognosisFeatures {
  const conditions = learnConditions(units.flat());
  const points = conditions.conditions[0]?.mean.length ?? 0;
  const live = Array.from({ length: points }, (_, p) => p).filter((p) =>
    conditions.conditions.some(({ spread }) => (spread[p] as number) > 0),
  );
  return { conditions, live, indices: learnWearIndices(units.map((rows) => rows.map((row) => wearRow(row, conditions)))) };
}

const wearRow = (row: ConditionRow, conditions: OperatingConditions): WearRow => ({
  values: standardise(row, conditions),
  condition: conditionIndex(row.settings, conditions),
});

/**
 * What an ensemble asks for, beside the age. `interval`: points and common indices. `first`: points and the conditions' own indices. `second`: those
 * indices alone, so that it errs otherwise than the first. Why: docs/decisions/0010-prognosis-trees.md.
 */
type View = "interval" | "first" | "second";

function columnsOf(view: View, { live, indices }: PrognosisFeatures): number[] {
  const width = live.length + indices.length;
  const own = live.length + prognosisSettings.indexCaps.length;
  const isSeen = {
    interval: (place: number) => place < own,
    first: (place: number) => place < live.length || place >= own,
    second: (place: number) => place >= own,
  }[view];
  const age = cycleFeatureCount(width) - 1;
  return [...[...Array(age).keys()].filter((column) => isSeen(column % width)), age];
}

type Table = { data: BinnedColumns; x: Float32Array; lives: Float64Array; unitOf: Int32Array };

function tableOf(units: readonly (readonly ConditionRow[])[], features: PrognosisFeatures): Table {
  const total = units.reduce((sum, { length }) => sum + length, 0);
  const count = cycleFeatureCount(features.live.length + features.indices.length);
  const x = new Float32Array(total * count);
  const [lives, unitOf] = [new Float64Array(total), new Int32Array(total)];
  let row = 0;
  for (const [unit, rows] of units.entries())
    for (const [cycle, figures] of unitFeatures(rows, features).entries()) {
      x.set(figures, row * count);
      lives[row] = rows.length - 1 - cycle;
      unitOf[row++] = unit;
    }
  return { data: binColumns(x, count), x, lives, unitOf };
}
