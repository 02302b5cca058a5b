// Between the features of the library (all kinds of all points) and a model that sees some of them, in an order of its own.
import type { FeatureColumn, FeatureSchema } from "@millwright/contract/model-manifest";
import { featureSchema } from "./feature-schema.ts";

export type FeatureColumns = {
  /** What the stream must compute. */
  readonly whole: FeatureSchema;
  /** A row of the stream → the model's columns. */
  pick(features: Float32Array): Float32Array;
  /** The model's contributions → a row in the stream's order; 0 where the model has no column. */
  spread(contribution: Float32Array): Float32Array;
};

/** @returns null for a column this library does not compute: see `strangeColumn` */
export function featureColumns(schema: FeatureSchema): FeatureColumns | null {
  const whole = featureSchema(schema.points, schema.period_ms);
  const names = new Map(whole.columns.map((column, index) => [keyOf(column), index]));
  const places = schema.columns.map((column) => names.get(keyOf(column)) ?? -1);
  if (places.includes(-1)) return null;
  return {
    whole,
    pick: (features) => Float32Array.from(places, (place) => features[place] as number),
    spread: (contribution) => {
      const row = new Float32Array(whole.columns.length);
      for (const [i, place] of places.entries()) row[place] = (row[place] as number) + (contribution[i] as number);
      return row;
    },
  };
}

/** The first column the library does not compute like that, and the ones it does have of that point, as `point:kind`. */
export function strangeColumn(schema: FeatureSchema): { column: string; known: string[] } | null {
  const { columns } = featureSchema(schema.points, schema.period_ms);
  const names = new Set(columns.map(keyOf));
  const strange = schema.columns.find((column) => !names.has(keyOf(column)));
  if (strange === undefined) return null;
  return { column: columnName(strange), known: columns.filter(({ point }) => point === strange.point).map(columnName) };
}

/** `point:kind`, as people write a column. */
export const columnName = ({ point, kind }: Pick<FeatureColumn, "point" | "kind">): string => `${point}:${kind}`;

// A running mean with another weight is another feature.
const keyOf = ({ point, kind, unit, alpha }: FeatureColumn): string => `${point}:${kind} [${unit}] ${alpha ?? ""}`;
