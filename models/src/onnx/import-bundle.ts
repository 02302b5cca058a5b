// An ONNX graph from elsewhere becomes a bundle: vetted, run on feature rows to get its golden vectors, described. In: bytes, what a person says
// of them, and perhaps rows with the scores its maker got. Out: a bundle. Deterministic: the same input gives the same bytes.
import type { ModelImport } from "@millwright/contract/model-import";
import { type FeatureSchema, type ImportedManifest, parseModelManifest } from "@millwright/contract/model-manifest";
import { seededRandom } from "../features/seeded-random.ts";
import type { Bundle } from "./build-bundle.ts";
import { checkBudget } from "./check-budget.ts";
import { checkGolden } from "./check-golden.ts";
import { type GoldenVector, gaussian, goldenCsv } from "./golden-vectors.ts";
import { sha256 } from "./hashes.ts";
import { importedManifest } from "./imported-manifest.ts";
import { modelCard } from "./model-card.ts";
import { modelFault } from "./model-faults.ts";
import { openScorer, type Scorer } from "./session.ts";

export type ImportOptions = {
  readonly model: Uint8Array;
  readonly part: ModelImport;
  readonly features: FeatureSchema;
  /** Feature rows in the order of the columns; seeded ones around the declared normal where null. `score`: its maker's, NaN where not given. */
  readonly rows: readonly GoldenVector[] | null;
  readonly createdAt: string;
  readonly seed?: number;
};

/** @throws Fault model_unreadable, model_not_allowed, model_shape, session_failed, golden_mismatch, model_too_slow, manifest_invalid */
export async function importBundle({ model, part, features, rows, createdAt, seed = 1 }: ImportOptions): Promise<Bundle<ImportedManifest>> {
  const scorer = await openScorer(model, { features: features.columns.length });
  try {
    const golden = goldenCsv(await scored(rows ?? seededRows(part, features, seed), scorer));
    const manifest = importedManifest(part, {
      features,
      model_sha256: sha256(model),
      golden_sha256: sha256(golden),
      created_at: createdAt,
    });
    const checked = parseModelManifest(manifest);
    if (!checked.ok) throw modelFault("manifest_invalid", checked.issue);
    // Against the maker's scores where there are some; and that rows scored together are scored as alone.
    const { vectors } = await checkGolden({ manifest, golden }, scorer);
    await checkBudget(scorer, (vectors[0] as GoldenVector).features);
    return { manifest, model, golden, card: modelCard(manifest) };
  } finally {
    await scorer.close();
  }
}

const seededCount = 32;

/** Rows from calm to far off; where the model takes missing points, some of them hidden. */
function seededRows({ points, takes_missing }: ModelImport, { columns }: FeatureSchema, seed: number): GoldenVector[] {
  const random = seededRandom(seed);
  return Array.from({ length: seededCount }, (_, index) => {
    const size = 0.5 * (1 + (index % 8));
    const hidden = new Set(takes_missing && index % 4 === 3 ? points.filter(() => random() < 0.2).map(({ name }) => name) : []);
    const features = Float32Array.from(columns, ({ point }) => {
      const { mean, spread } = points.find(({ name }) => name === point) ?? { mean: 0, spread: 1 };
      const value = mean + size * gaussian(random) * spread;
      return hidden.has(point) ? Number.NaN : value;
    });
    return { features, score: Number.NaN };
  });
}

async function scored(rows: readonly GoldenVector[], scorer: Scorer): Promise<GoldenVector[]> {
  const vectors: GoldenVector[] = [];
  for (const { features, score } of rows)
    vectors.push({ features, score: Number.isNaN(score) ? ((await scorer.score(features, 1)).score[0] as number) : score });
  return vectors;
}
