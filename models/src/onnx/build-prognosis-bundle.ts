// From a learned prognosis to the four files of a bundle. Deterministic: the same prognosis and options give the same bytes.
import type { MeasuredFigures } from "@millwright/contract/model-manifest";
import { type PrognosisManifest, parsePrognosisManifest } from "@millwright/contract/prognosis-manifest";
import { cycleFeatureKinds } from "../features/cycle-stream.ts";
import type { ConditionRow } from "../features/operating-conditions.ts";
import { seededRandom } from "../features/seeded-random.ts";
import { forecast, type Prognosis } from "../prognosis/learn-prognosis.ts";
import { youngReference } from "../prognosis/young-reference.ts";
import { cycleSettings, prognosisSettings } from "../settings.ts";
import { canonicalJson, sha256 } from "./hashes.ts";
import { modelFault } from "./model-faults.ts";
import { prognosisCard } from "./prognosis-card.ts";
import { writePrognosisGraph } from "./write-prognosis-graph.ts";

export type PrognosisBundle = {
  readonly manifest: PrognosisManifest;
  readonly model: Uint8Array;
  readonly card: string;
  readonly golden: string;
};

export type PrognosisBundleOptions = {
  readonly prognosis: Prognosis;
  readonly id: string;
  readonly version: number;
  /** ISO 8601 in UTC; the caller's clock. */
  readonly createdAt: string;
  readonly seed: number;
  /** What it learned from. */
  readonly units: readonly (readonly ConditionRow[])[];
  readonly settings: readonly string[];
  readonly points: readonly string[];
  readonly trainingDataSha256: string;
  /** Where a cycle is a stretch of running time: how long (ms). */
  readonly cycleMs?: number;
  /** On units it did not learn from; null: there were none. */
  readonly measured: MeasuredFigures | null;
};

/** @throws Fault manifest_invalid when an option breaks the manifest's schema */
export function buildPrognosisBundle(options: PrognosisBundleOptions): PrognosisBundle {
  const { prognosis, id, version, createdAt, seed, units, settings, points, trainingDataSha256, measured, cycleMs } = options;
  const model = writePrognosisGraph(prognosis);
  const golden = goldenOf(prognosis, seed);
  const features = {
    version: 2,
    windows_cycles: [...cycleSettings.windows],
    ewma_alpha: cycleSettings.ewmaAlpha,
    first_cycles: cycleSettings.firstCycles,
    ...(cycleMs === undefined ? {} : { cycle_ms: cycleMs }),
    settings,
    points,
    kinds: cycleFeatureKinds,
    columns: prognosis.life.features,
    live: prognosis.features.live,
    indices: prognosis.features.indices,
    conditions: prognosis.features.conditions,
  };
  const result = parsePrognosisManifest({
    schema: "millwright/model/v1",
    id,
    version,
    kind: "prognosis-trees",
    created_at: createdAt,
    machine_class: "other",
    parent: null,
    model_sha256: sha256(model),
    golden_sha256: sha256(golden),
    feature_schema_sha256: sha256(canonicalJson(features)),
    training_data_sha256: trainingDataSha256,
    seed,
    rows: { units: units.length, learned: units.flat().length },
    features,
    horizons_cycles: prognosis.fails.map(({ withinCycles }) => withinCycles),
    life: {
      cap_cycles: prognosisSettings.cap,
      quantiles: [...prognosisSettings.quantiles],
      margin_cycles: prognosis.margins.reduce((sum, margin) => sum + margin, 0) / prognosis.margins.length,
      coverage: prognosisSettings.coverage,
    },
    reference: youngReference(units, prognosis.features, points),
    ...(measured === null ? {} : { measured }),
  });
  if (!result.ok) throw modelFault("manifest_invalid", result.issue);
  return { manifest: result.manifest, model, card: prognosisCard(result.manifest), golden };
}

/** `low,life,high,p…,f0,f1,…` a line, after a header. Synthetic and seeded: every column uniform between two of the trees' own thresholds. */
function goldenOf(prognosis: Prognosis, seed: number): string {
  const random = seededRandom(seed);
  const { features, feature, threshold } = prognosis.life;
  const thresholds = Array.from({ length: features }, (): number[] => []);
  for (const [node, column] of feature.entries()) thresholds[column]?.push(threshold[node] as number);
  const vectors = Array.from({ length: 32 }, () =>
    Float32Array.from(thresholds, (list) =>
      list.length === 0 ? 0 : (list[Math.floor(random() * list.length)] as number) + 0.01 * (random() - 0.5),
    ),
  );
  const names = ["low", "life", "high", ...prognosis.fails.map(({ withinCycles }) => `p_fail_${withinCycles}`)];
  const header = [...names, ...thresholds.map((_, column) => `f${column}`)].join(",");
  const lines = vectors.map((vector) => {
    const { low, life, high, fails } = forecast(prognosis, vector);
    return [low, life, high, ...fails, ...vector].join(",");
  });
  return `${[header, ...lines].join("\n")}\n`;
}
