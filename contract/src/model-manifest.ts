// What a model bundle says about itself: manifest.json beside model.onnx, card.md and golden.csv.
// Everything the agent needs to run the model stands here, except the score itself, which only model.onnx computes.
// Unknown keys are refused, so that a bundle of a later schema is never half understood.
import * as v from "valibot";
import { Count, Finite, MachineClass, PointName, Sha256 } from "./names.ts";

const NotNegative = v.pipe(Finite, v.minValue(0));
const Positive = v.pipe(Finite, v.gtValue(0));
const Share = v.pipe(Finite, v.minValue(0), v.maxValue(1));
const Rows = v.pipe(Count, v.minValue(1));

/** A point the model sees, in the order of its columns. Unit as in the configuration, e.g. `mm/s`. */
export const ModelPoint = v.strictObject({ name: PointName, unit: v.pipe(v.string(), v.maxLength(32)) });
export type ModelPoint = v.InferOutput<typeof ModelPoint>;

/** What is computed of a point; the lags are in rows. `ewma*` and `drift*` are running means of the value and its two lags. */
export const featureKinds = ["value", "lag1", "lag2", "ewma", "ewma_lag1", "ewma_lag2", "drift", "drift_lag1", "drift_lag2"] as const;
export const FeatureKind = v.picklist(featureKinds);
export type FeatureKind = v.InferOutput<typeof FeatureKind>;

/** One column of `features[N,F]`. `alpha`: the weight of the newest row in a running mean. */
export const FeatureColumn = v.strictObject({ point: PointName, kind: FeatureKind, unit: v.string(), alpha: v.optional(Share) });
export type FeatureColumn = v.InferOutput<typeof FeatureColumn>;

/** Ties a model to the features it was trained on. Hashed as canonical JSON; see models/src/onnx/feature-schema-hash.ts. */
export const FeatureSchema = v.strictObject({
  version: v.literal(1),
  /** Time between two rows, ms. */
  period_ms: Positive,
  points: v.pipe(v.array(ModelPoint), v.minLength(1), v.maxLength(256)),
  columns: v.pipe(v.array(FeatureColumn), v.minLength(1), v.maxLength(4096)),
});
export type FeatureSchema = v.InferOutput<typeof FeatureSchema>;

/** How long a point may stand still, learned. A point that is not monitored is never shown to the model; `note` says why. */
export const PointStillness = v.strictObject({
  point: PointName,
  longest_rows: Count,
  suspicious_rows: v.nullable(Rows),
  frozen_rows: v.nullable(Rows),
  is_monitored: v.boolean(),
  note: v.optional(v.string()),
});
export type PointStillness = v.InferOutput<typeof PointStillness>;

/** What a point looked like while healthy: the "baseline" of a technician's sentence. */
export const PointBaseline = v.strictObject({ point: PointName, mean: Finite, spread: NotNegative, low: Finite, high: Finite });
export type PointBaseline = v.InferOutput<typeof PointBaseline>;

/** What is kept of the learning rows of one signal (a point, or `score`), to tell drift: see models/src/detectors/signal-reference.ts. */
export const SignalReference = v.strictObject({
  name: v.pipe(v.string(), v.maxLength(128)),
  /** Ascending; at most nine. `shares` has one more. */
  edges: v.pipe(v.array(Finite), v.maxLength(9)),
  shares: v.pipe(v.array(Share), v.maxLength(10)),
  rows: Count,
  /** So many rows tell as much as one independent row. */
  memory_rows: v.pipe(Finite, v.minValue(1)),
});
export type SignalReference = v.InferOutput<typeof SignalReference>;

/** Score 1 = the watch limit. All rows are rows of the machine, `period_ms` apart. */
export const Thresholds = v.strictObject({
  revision: Count,
  /** Raise: score above it. */
  watch: Positive,
  /** Critical: the smoothed score is above it while a warning stands. */
  critical: Positive,
  /** An alarm begins after so many rows above `watch` in succession … */
  raise_rows: Rows,
  /** … and ends after so many rows below `clear_below` in succession. */
  clear_rows: Rows,
  clear_below: Positive,
  /** A warning (a ticket) needs so many rows of evidence. */
  ticket_rows: Rows,
  /** A row with a score above it counts as two. */
  double_above: Positive,
  /** An episode ends after so many rows without an alarm. */
  episode_end_rows: Rows,
  /** After a verdict the score must be so many times what was judged, or go back to normal. */
  rise_after_verdict: v.pipe(Finite, v.minValue(1)),
  /** The slow re-centring waits while the score is above it. */
  hold_above: Positive,
  /** What the limits are meant to cost at most: false tickets per machine and 30 days. */
  false_tickets_per_month: NotNegative,
});
export type Thresholds = v.InferOutput<typeof Thresholds>;

/** Id of a model: unique among the models of a fleet, e.g. `p-101-baseline`. */
export const ModelId = v.pipe(v.string(), v.regex(/^[a-z0-9][a-z0-9_.-]{0,127}$/, "must be small letters, digits, _, . or -"));

const Words = v.pipe(v.string(), v.minLength(1), v.maxLength(2_000));

/** How a model was measured, and what came out; for its card. Figures by name, e.g. `f1: 0.85`. */
export const MeasuredFigures = v.strictObject({ protocol: Words, figures: v.pipe(v.record(v.string(), Finite), v.maxEntries(256)) });
export type MeasuredFigures = v.InferOutput<typeof MeasuredFigures>;

/** What every kind of model says of itself: the agent runs on this part alone. */
export const commonManifest = {
  schema: v.literal("millwright/model/v1"),
  id: ModelId,
  version: Count,
  created_at: v.pipe(v.string(), v.isoTimestamp()),
  machine_class: MachineClass,
  /** Hash of model.onnx of the model this one came from. */
  parent: v.nullable(Sha256),
  model_sha256: Sha256,
  golden_sha256: Sha256,
  feature_schema_sha256: Sha256,
  features: FeatureSchema,
  stillness: v.array(PointStillness),
  baseline: v.array(PointBaseline),
  /** Of every point in their order, then of the score; absent in bundles of earlier versions. */
  reference: v.optional(v.pipe(v.array(SignalReference), v.maxLength(257))),
  thresholds: Thresholds,
  notes: v.pipe(v.array(v.pipe(v.string(), v.maxLength(2_000))), v.maxLength(512)),
  measured: v.optional(MeasuredFigures),
};

/** Learned from healthy rows of one machine, on the box or with `millwright-models train`. */
export const Ar2Manifest = v.strictObject({
  ...commonManifest,
  kind: v.literal("ar2-mahalanobis"),
  /** Hash of the learning rows; the rows themselves never leave the box. */
  training_data_sha256: Sha256,
  rows: v.strictObject({ learned: Count, fitted: Count, for_limits: Count, bad_share: Share }),
  /** Distance at score 1, per channel of the graph (dimensionless). */
  limits: v.strictObject({ fast: Positive, slow: Positive, level: Positive }),
  /** The settings it was learned with, for the record. */
  settings: v.pipe(v.record(v.string(), Finite), v.maxEntries(256)),
});
export type Ar2Manifest = v.InferOutput<typeof Ar2Manifest>;

/** Somebody else's ONNX (scikit-learn, PyTorch) that meets the graph contract, wrapped by `millwright-models import`. */
export const ImportedManifest = v.strictObject({
  ...commonManifest,
  kind: v.literal("imported"),
  /** For its card: what it notices, where it is wrong, who may rely on it for what. */
  purpose: Words,
  limitations: Words,
  relied_on_by: Words,
  /** What made it, e.g. `scikit-learn 1.7, skl2onnx 1.19`. */
  producer: v.pipe(v.string(), v.maxLength(200)),
  /** Hash of the learning rows as its maker gives it; null where it is not known. */
  training_data_sha256: v.nullable(Sha256),
  /** Whether the graph gives a figure for a row in which a point is hidden (NaN in its columns). Without it such a row has no score. */
  takes_missing: v.boolean(),
});
export type ImportedManifest = v.InferOutput<typeof ImportedManifest>;

/** Another kind is another schema in a file of its own, and one word here. */
export const ModelManifest = v.variant("kind", [Ar2Manifest, ImportedManifest]);
export type ModelManifest = v.InferOutput<typeof ModelManifest>;

/** @returns the manifest, or the first thing wrong with it as `path: message` */
export function parseModelManifest(input: unknown): { ok: true; manifest: ModelManifest } | { ok: false; issue: string } {
  const result = v.safeParse(ModelManifest, input);
  if (!result.success) {
    const [issue] = result.issues;
    return { ok: false, issue: `${v.getDotPath(issue) ?? "manifest"}: ${issue.message}` };
  }
  const { features, stillness, baseline } = result.output;
  const names = features.points.map(({ name }) => name).join();
  for (const [key, list] of Object.entries({ stillness, baseline }))
    if (list.map(({ point }) => point).join() !== names) return { ok: false, issue: `${key}: does not list the points in their order` };
  const stranger = features.columns.find(({ point }) => !features.points.some(({ name }) => name === point));
  if (stranger !== undefined) return { ok: false, issue: `features.columns: ${stranger.point} is not among the points` };
  return { ok: true, manifest: result.output };
}
