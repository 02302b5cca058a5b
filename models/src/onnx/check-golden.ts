// Whether a model says of its bundle's golden vectors what the bundle says, within the tolerance of float32.
import type { DetectorScorer } from "../detectors/detector-scorer.ts";
import { maxBatchRows } from "./batch-rows.ts";
import type { Bundle } from "./build-bundle.ts";
import { type GoldenVector, parseGoldenCsv } from "./golden-vectors.ts";
import { modelFault } from "./model-faults.ts";
import type { Scorer } from "./session.ts";
import { isWithinTolerance } from "./tolerance.ts";

type Golden = Pick<Bundle, "manifest" | "golden">;
export type GoldenCheck = { readonly vectors: GoldenVector[]; readonly worst: number };

/** More of them than this are for nobody's good. */
const maxGolden = 1_000;

/**
 * Of a graph. Each vector alone and all of them together: a row's score must not depend on the rows beside it, which may be another machine's.
 * @throws Fault golden_mismatch, session_failed
 */
export async function checkGolden(bundle: Golden, scorer: Pick<Scorer, "score">): Promise<GoldenCheck> {
  const vectors = vectorsOf(bundle);
  const width = vectors[0]?.features.length ?? 0;
  let worst = 0;
  for (const [index, { features }] of vectors.entries())
    worst = Math.max(worst, differenceOf(vectors, index, (await scorer.score(features, 1)).score[0] as number));
  for (let from = 0; from < vectors.length; from += maxBatchRows) {
    const some = vectors.slice(from, from + maxBatchRows);
    const batch = new Float32Array(some.length * width);
    for (const [row, { features }] of some.entries()) batch.set(features, row * width);
    const { score } = await scorer.score(batch, some.length);
    for (const [row, found] of score.entries())
      worst = Math.max(worst, differenceOf(vectors, from + row, found, " where it is scored together with others"));
  }
  return { vectors, worst };
}

/** Of a detector that is scored without its graph. @throws Fault golden_mismatch */
export function checkScorer(bundle: Golden, scorer: DetectorScorer): void {
  const vectors = vectorsOf(bundle);
  const parts = new Float32Array(scorer.points);
  for (const [index, { features }] of vectors.entries()) differenceOf(vectors, index, scorer.score(features, parts));
}

function vectorsOf({ manifest, golden }: Golden): GoldenVector[] {
  const vectors = parseGoldenCsv(golden, manifest.features.columns.length);
  if (vectors.length === 0 || vectors.length > maxGolden)
    throw modelFault("golden_mismatch", `golden.csv holds ${vectors.length} vectors instead of 1 to ${maxGolden}`);
  return vectors;
}

function differenceOf(vectors: readonly GoldenVector[], index: number, found: number, how = ""): number {
  const { score } = vectors[index] as GoldenVector;
  if (!isWithinTolerance(found, score))
    throw modelFault("golden_mismatch", `golden.csv:${index + 2}: the model scores ${found} instead of ${score}${how}`);
  return Math.abs(found - score);
}
