// What `millwright-models import` must be told of an ONNX graph that came from elsewhere: the part of its manifest that a person writes (YAML).
import * as v from "valibot";
import { duration } from "./duration.ts";
import { ImportedManifest, MeasuredFigures, ModelId, Thresholds } from "./model-manifest.ts";
import { Count, Finite, MachineClass, PointName, Sha256 } from "./names.ts";

const ColumnName = v.pipe(
  v.string(),
  v.regex(/^[a-z][a-z0-9_]{0,63}:[a-z0-9_]+$/, "must be point:kind, e.g. flow:value or flow:ewma; see docs/specs/models.md"),
);

/** A point the model sees, and what it looks like while the machine is healthy. */
export const ImportPoint = v.strictObject({
  name: PointName,
  unit: v.optional(v.pipe(v.string(), v.maxLength(32)), "1"),
  mean: Finite,
  spread: v.pipe(Finite, v.gtValue(0)),
  /** 1 % and 99 % of its values; mean ∓ 2.33 spreads where absent. */
  low: v.optional(Finite),
  high: v.optional(Finite),
  /** The most rows for which it stood still while healthy; where absent it is never called frozen. */
  longest_still_rows: v.optional(v.pipe(Count, v.minValue(1))),
});
export type ImportPoint = v.InferOutput<typeof ImportPoint>;

export const ModelImport = v.strictObject({
  id: ModelId,
  version: v.optional(Count, 1),
  machine_class: MachineClass,
  purpose: ImportedManifest.entries.purpose,
  limitations: ImportedManifest.entries.limitations,
  relied_on_by: ImportedManifest.entries.relied_on_by,
  producer: ImportedManifest.entries.producer,
  /** Time between two rows. */
  period: duration({ min: "10ms", max: "24h" }),
  points: v.pipe(v.array(ImportPoint), v.minLength(1), v.maxLength(256)),
  /** The graph's columns in their order; every feature of every point, kind by kind, where absent. */
  columns: v.optional(v.pipe(v.array(ColumnName), v.minLength(1), v.maxLength(4096))),
  takes_missing: v.optional(v.boolean(), false),
  training_data_sha256: v.optional(v.nullable(Sha256), null),
  /** Those that are not given are the self-learned baseline's. */
  thresholds: v.optional(v.partial(Thresholds), {}),
  measured: v.optional(MeasuredFigures),
  notes: v.optional(v.array(v.string()), []),
});
export type ModelImport = v.InferOutput<typeof ModelImport>;
