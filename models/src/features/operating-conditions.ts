// Operating conditions of a machine that runs at a few set-points: which there are, and what every point looks like in each.
// In: settings and values of healthy and worn rows alike. Out: values as deviations from the condition's own mean, in its own spread.
import { cycleSettings } from "../settings.ts";

/** Plain JSON. One centre (in settings) a condition; `mean` and `spread` of every point in it. `scale`: of the settings, for distances. */
export type OperatingConditions = {
  readonly scale: readonly number[];
  readonly conditions: readonly {
    readonly centre: readonly number[];
    readonly mean: readonly number[];
    readonly spread: readonly number[];
  }[];
};

export type ConditionRow = { readonly settings: readonly number[]; readonly values: readonly number[] };

/** The first row of a condition is its centre; a row further than `sameCondition` from all centres begins a new one, up to a limit. */
export function learnConditions(rows: readonly ConditionRow[]): OperatingConditions {
  const width = rows[0]?.settings.length ?? 0;
  const scale = Array.from({ length: width }, (_, s) => {
    let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (const { settings } of rows) {
      low = Math.min(low, settings[s] as number);
      high = Math.max(high, settings[s] as number);
    }
    return Math.max(1, high - low);
  });
  const centres: (readonly number[])[] = [];
  const members: (readonly number[])[][] = [];
  for (const { settings, values } of rows) {
    const { index, distance } = nearest(settings, centres, scale);
    if (distance <= cycleSettings.sameCondition || centres.length >= cycleSettings.maxConditions) members[index]?.push(values);
    else members[centres.push(settings) - 1] = [values];
  }
  return { scale, conditions: centres.map((centre, c) => ({ centre, ...momentsOf(members[c] ?? []) })) };
}

/**
 * How far settings are from the nearest condition that was learned, in shares of a setting's range (or of 1); 0 where there are no settings.
 * Above `cycleSettings.sameCondition` learning would have begun a condition of its own: nothing is known of such a row.
 */
export function distanceToCondition(settings: readonly number[], { scale, conditions }: OperatingConditions): number {
  const centres = conditions.map(({ centre }) => centre);
  return Math.max(0, nearest(settings, centres, scale).distance);
}

/** The condition whose centre is nearest to these settings. */
export const conditionOf = (
  settings: readonly number[],
  conditions: OperatingConditions,
): OperatingConditions["conditions"][number] | undefined => conditions.conditions[conditionIndex(settings, conditions)];

/** Where it stands among the conditions. */
export function conditionIndex(settings: readonly number[], { scale, conditions }: OperatingConditions): number {
  const centres = conditions.map(({ centre }) => centre);
  return nearest(settings, centres, scale).index;
}

/** A point that does not move in a condition is 0 there. */
export function standardise({ settings, values }: ConditionRow, conditions: OperatingConditions): number[] {
  const condition = conditionOf(settings, conditions);
  return values.map((value, p) => {
    const spread = condition?.spread[p] ?? 0;
    return spread > 0 ? (value - (condition?.mean[p] as number)) / spread : 0;
  });
}

function nearest(
  settings: readonly number[],
  centres: readonly (readonly number[])[],
  scale: readonly number[],
): { index: number; distance: number } {
  let best = { index: 0, distance: Number.POSITIVE_INFINITY };
  for (const [index, centre] of centres.entries()) {
    const distance = Math.max(...centre.map((value, s) => Math.abs(value - (settings[s] as number)) / (scale[s] as number)));
    if (distance < best.distance) best = { index, distance };
  }
  return best;
}

function momentsOf(rows: readonly (readonly number[])[]): { mean: number[]; spread: number[] } {
  const points = rows[0]?.length ?? 0;
  const mean = Array.from({ length: points }, (_, p) => rows.reduce((sum, row) => sum + (row[p] as number), 0) / rows.length);
  const spread = mean.map((centre, p) => {
    const variance = rows.reduce((sum, row) => sum + ((row[p] as number) - centre) ** 2, 0) / rows.length;
    return variance > (1e-9 * Math.abs(centre)) ** 2 ? Math.sqrt(variance) : 0;
  });
  return { mean, spread };
}
