// From what a person says of a graph to what the agent needs to run it: feature schema, stillness, baseline, thresholds. Pure but for hashes.
import type { ImportPoint, ModelImport } from "@millwright/contract/model-import";
import type { FeatureSchema, ImportedManifest, PointBaseline, PointStillness } from "@millwright/contract/model-manifest";
import { columnName } from "../features/feature-columns.ts";
import { featureSchema } from "../features/feature-schema.ts";
import { stillnessSettings, thresholdSettings } from "../settings.ts";
import { featureSchemaHash } from "./hashes.ts";

export type UnknownColumn = {
  /** Place in `columns`. */
  readonly index: number;
  readonly name: string;
  readonly why: string;
};

/** @returns the schema of the columns that were named, or the first name our feature library does not know */
export function importedSchema({
  points,
  period,
  columns,
}: ModelImport): { ok: true; schema: FeatureSchema } | { ok: false; unknown: UnknownColumn } {
  const whole = featureSchema(points, period);
  if (columns === undefined) return { ok: true, schema: whole };
  const byName = new Map(whole.columns.map((column) => [columnName(column), column]));
  const chosen: FeatureSchema["columns"] = [];
  for (const [index, name] of columns.entries()) {
    const column = byName.get(name);
    if (column === undefined) {
      const [point] = name.split(":");
      const known = [...byName.keys()].filter((one) => one.startsWith(`${point}:`));
      const why =
        known.length === 0
          ? `there is no point "${point}"; there are: ${points.map((one) => one.name).join(", ")}`
          : `of this point there are: ${known.join(", ")}`;
      return { ok: false, unknown: { index, name, why } };
    }
    if (chosen.includes(column)) return { ok: false, unknown: { index, name, why: "it is there twice" } };
    chosen.push(column);
  }
  return { ok: true, schema: { ...whole, columns: chosen } };
}

/** `created_at`: ISO 8601, the caller's clock. */
export function importedManifest(
  part: ModelImport,
  made: { features: FeatureSchema; model_sha256: string; golden_sha256: string; created_at: string },
): ImportedManifest {
  const { id, version, machine_class, purpose, limitations, relied_on_by, producer, points, takes_missing, training_data_sha256 } = part;
  return {
    schema: "millwright/model/v1",
    id,
    version,
    kind: "imported",
    machine_class,
    parent: null,
    ...made,
    feature_schema_sha256: featureSchemaHash(made.features),
    purpose,
    limitations,
    relied_on_by,
    producer,
    training_data_sha256,
    takes_missing,
    stillness: points.map(stillnessOf),
    baseline: points.map(baselineOf),
    thresholds: { ...thresholdSettings, ...withoutUndefined(part.thresholds) },
    notes: part.notes,
    ...(part.measured === undefined ? {} : { measured: part.measured }),
  };
}

function stillnessOf({ name, longest_still_rows: longest }: ImportPoint): PointStillness {
  const { suspiciousFactor, suspiciousRows, frozenFactor, frozenRows } = stillnessSettings;
  return {
    point: name,
    longest_rows: longest ?? 0,
    suspicious_rows: longest === undefined ? null : Math.ceil(suspiciousFactor * longest) + suspiciousRows,
    frozen_rows: longest === undefined ? null : frozenFactor * longest + frozenRows,
    is_monitored: true,
  };
}

/** 99 % of a normal distribution lie below its mean + 2.33 spreads. */
const quantile99 = 2.33;

const baselineOf = ({ name, mean, spread, low, high }: ImportPoint): PointBaseline => ({
  point: name,
  mean,
  spread,
  low: low ?? mean - quantile99 * spread,
  high: high ?? mean + quantile99 * spread,
});

function withoutUndefined<T extends object>(given: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as never;
}
