// From a learned detector to the four files of a bundle. Deterministic: the same detector and options give the same bytes.
import { type Ar2Manifest, type ModelManifest, parseModelManifest, type Thresholds } from "@millwright/contract/model-manifest";
import type { MachineClass } from "@millwright/contract/names";
import type { Detector } from "../detectors/learn-detector.ts";
import { featureSettings, learningSettings, thresholdSettings } from "../settings.ts";
import { goldenCsv, goldenVectors } from "./golden-vectors.ts";
import { featureSchemaHash, sha256 } from "./hashes.ts";
import { modelCard } from "./model-card.ts";
import { modelFault } from "./model-faults.ts";
import { writeGraph } from "./write-graph.ts";

export type Bundle<M extends ModelManifest = ModelManifest> = {
  readonly manifest: M;
  readonly model: Uint8Array;
  readonly card: string;
  readonly golden: string;
};

export type BundleOptions = {
  readonly detector: Detector;
  readonly notes: readonly string[];
  /** Small letters, digits, `_`, `.`, `-`; unique among the models of a fleet, e.g. `p-101-baseline`. */
  readonly id: string;
  readonly version: number;
  /** ISO 8601 in UTC; the caller's clock. */
  readonly createdAt: string;
  readonly machineClass: MachineClass;
  /** From `trainingDataHash(rows)`. */
  readonly trainingDataSha256: string;
  /** `model_sha256` of the model this one follows. */
  readonly parent?: string | null;
  /** Those of settings.ts by default. */
  readonly thresholds?: Thresholds;
  readonly seed?: number;
};

/** @throws Fault manifest_invalid when an option breaks the manifest's schema */
export function buildBundle({
  detector,
  notes,
  id,
  version,
  createdAt,
  machineClass,
  trainingDataSha256,
  parent = null,
  thresholds = thresholdSettings,
  seed = 1,
}: BundleOptions): Bundle<Ar2Manifest> {
  const { weights } = detector;
  const model = writeGraph(weights);
  const golden = goldenCsv(goldenVectors(weights, { seed }));
  const manifest: Ar2Manifest = {
    schema: "millwright/model/v1",
    id,
    version,
    kind: "ar2-mahalanobis",
    created_at: createdAt,
    machine_class: machineClass,
    parent,
    model_sha256: sha256(model),
    golden_sha256: sha256(golden),
    feature_schema_sha256: featureSchemaHash(detector.features),
    training_data_sha256: trainingDataSha256,
    rows: detector.rows,
    features: detector.features,
    stillness: [...detector.stillness],
    baseline: [...detector.baseline],
    reference: [...detector.reference],
    thresholds,
    limits: { fast: weights.fast.limit, slow: weights.slow.limit, level: weights.level.limit },
    settings: { ...featureSettings, ...learningSettings },
    notes: [...notes],
  };
  const result = parseModelManifest(manifest);
  if (!result.ok) throw modelFault("manifest_invalid", result.issue);
  return { manifest, model, card: modelCard(manifest), golden };
}
