// Golden vectors: feature vectors drawn around the learned normal, from calm to far off, some with hidden points, and the score each must get.
// Synthetic and seeded, never a row of a recording. The expected score comes from the reference in TypeScript, not from the graph under test.
import { featureKinds } from "@millwright/contract/model-manifest";
import { scoreOf } from "../detectors/distances-of.ts";
import type { Weights } from "../detectors/weights.ts";
import { seededRandom } from "../features/seeded-random.ts";
import { modelFault } from "./model-faults.ts";

export type GoldenVector = { readonly score: number; readonly features: Float32Array };

const kinds = featureKinds.length;

/** @param seed any whole number; the same seed gives the same vectors */
export function goldenVectors(weights: Weights, { count = 32, seed = 1 }: { count?: number; seed?: number } = {}): GoldenVector[] {
  const random = seededRandom(seed);
  const points = weights.mean.length;
  return Array.from({ length: count }, (_, index) => {
    const size = 0.5 * (1 + (index % 8));
    const features = new Float32Array(kinds * points);
    for (let p = 0; p < points; p += 1) {
      const isHidden = weights.monitored[p] === 0 || (index % 4 === 3 && random() < 0.2);
      for (let kind = 0; kind < kinds; kind += 1) {
        const value = (weights.mean[p] as number) + size * gaussian(random) * (weights.scale[p] as number);
        features[kind * points + p] = isHidden ? Number.NaN : value;
      }
    }
    return { features, score: scoreOf(features, weights) };
  });
}

/** `score,f0,f1,…` a line, after a header; NaN as such. */
export function goldenCsv(vectors: readonly GoldenVector[]): string {
  const header = ["score", ...Array.from(vectors[0]?.features ?? [], (_, i) => `f${i}`)].join(",");
  return `${[header, ...vectors.map(({ score, features }) => [score, ...features].join(","))].join("\n")}\n`;
}

/** @throws Fault golden_mismatch when the text is not of that form */
export function parseGoldenCsv(text: string, featureCount: number): GoldenVector[] {
  const [, ...lines] = text.trimEnd().split("\n");
  return lines.map((line, index) => {
    const [score, ...features] = line.split(",").map(Number);
    if (score === undefined || !Number.isFinite(score) || features.length !== featureCount)
      throw modelFault("golden_mismatch", `golden.csv:${index + 2}: not a score and ${featureCount} features`);
    return { score, features: Float32Array.from(features) };
  });
}

/** Standard normal (Box–Muller). */
export const gaussian = (random: () => number): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
