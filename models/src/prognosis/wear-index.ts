// Linear indices of wear: of all points of one row, the sums that follow best (ridge) the remaining life, one a cap, since early wear and the end show in
// different points, and how far the unit has gone in each direction in which units end (wear-directions.ts). A sum over points is far less noisy than
// any of them, which trees, looking at one column at a time, cannot see. Weights are those of the operating condition, for one is louder than another;
// the lives' indices also come with common weights for all conditions.
import { invertSpd } from "../detectors/invert-spd.ts";
import { secondMoment } from "../detectors/second-moment.ts";
import { meanOf } from "../detectors/statistics.ts";
import { prognosisSettings } from "../settings.ts";
import { wearDirections } from "./wear-directions.ts";

/** `values`: standardised, of all points. */
export type WearRow = { readonly values: readonly number[]; readonly condition: number };

const { indexCaps, indexRidge, indexPriorRows, directions } = prognosisSettings;

/** @param units from their first cycle to their last @returns weights of the common indices [cap][point], then [cap, then direction][condition × points + point] */
export function learnWearIndices(units: readonly (readonly WearRow[])[]): number[][] {
  const rows = units.flat();
  const targets = [...lifeTargets(units), ...directionTargets(units)];
  const common = weightsOf(rows, targets);
  const conditions = 1 + rows.reduce((last, { condition }) => Math.max(last, condition), 0);
  const own = Array.from({ length: conditions }, (_, c) => {
    const members = [...rows.keys()].filter((row) => rows[row]?.condition === c);
    return weightsOf(
      members.map((row) => rows[row] as WearRow),
      targets.map((target) => members.map((row) => target[row] as number)),
      common,
    );
  });
  return [...common.slice(0, indexCaps.length), ...targets.map((_, t) => own.flatMap((weights) => weights[t] as number[]))];
}

/** @param weights of every point in every condition, or of every point, the same in all conditions */
export function wearIndex({ values, condition }: WearRow, weights: readonly number[]): number {
  const from = weights.length > values.length ? condition * values.length : 0;
  return values.reduce((sum, value, p) => sum + value * (weights[from + p] as number), 0);
}

/** [cap][row] */
function lifeTargets(units: readonly (readonly WearRow[])[]): number[][] {
  return indexCaps.map((cap) => units.flatMap((rows) => rows.map((_, cycle) => Math.min(cap, rows.length - 1 - cycle))));
}

/** [direction][row]: how far, as a mean over the cycles around; only learning may look ahead. */
function directionTargets(units: readonly (readonly WearRow[])[]): number[][] {
  const { smoothing } = directions;
  return wearDirections(units.map((rows) => rows.map(({ values }) => values))).map((weights) =>
    units.flatMap((rows) => {
      const gone = rows.map(({ values }) => values.reduce((sum, value, p) => sum + value * (weights[p] as number), 0));
      return gone.map((_, cycle) => meanOf(gone.slice(Math.max(0, cycle - smoothing), cycle + smoothing + 1)));
    }),
  );
}

/** Ridge of each target on the points. @param prior weights they are drawn to where rows are few @returns weights [target][point] */
function weightsOf(rows: readonly WearRow[], targets: readonly (readonly number[])[], prior?: readonly (readonly number[])[]): number[][] {
  const points = rows[0]?.values.length ?? 0;
  const pull = prior === undefined ? 0 : indexPriorRows / rows.length;
  const moment = secondMoment(
    rows.map(({ values }) => values),
    points,
  );
  for (let p = 0; p < points; p += 1) moment[p * points + p] = (moment[p * points + p] as number) + indexRidge + pull;
  const inverse = invertSpd(moment, points);
  return targets.map((target, t) => {
    const centre = meanOf(target);
    const cross = Array.from(
      { length: points },
      (_, p) =>
        rows.reduce((sum, { values }, r) => sum + (values[p] as number) * ((target[r] as number) - centre), 0) / rows.length +
        pull * (prior?.[t]?.[p] ?? 0),
    );
    return Array.from({ length: points }, (_, i) => cross.reduce((sum, value, j) => sum + value * (inverse[i * points + j] as number), 0));
  });
}
