import { maxBatchRows } from "./batch-rows.ts";
import type { PrognosisBundle } from "./build-prognosis-bundle.ts";
import type { GoldenVector } from "./golden-vectors.ts";
import { modelFault } from "./model-faults.ts";
import type { PrognosisScorer } from "./prognosis-session.ts";
import { isWithinTolerance } from "./tolerance.ts";

/**
 * Every output of every golden vector (low, life, high, probabilities), each alone and all together.
 * @returns the vectors, `score` being the life, and the largest difference @throws Fault golden_mismatch, session_failed
 */
export async function checkPrognosisGolden(
  { manifest, golden }: Pick<PrognosisBundle, "manifest" | "golden">,
  scorer: PrognosisScorer,
): Promise<{ vectors: GoldenVector[]; worst: number }> {
  const outputs = 3 + manifest.horizons_cycles.length;
  const rows = rowsOf(golden, outputs + manifest.features.columns);
  let worst = 0;
  const compare = (found: readonly number[], index: number, how: string): void => {
    for (const [i, expected] of (rows[index] as number[]).slice(0, outputs).entries()) {
      const given = found[i] ?? Number.NaN;
      if (!isWithinTolerance(given, expected))
        throw modelFault("golden_mismatch", `golden.csv:${index + 2}: output ${i + 1} is ${given} instead of ${expected}${how}`);
      worst = Math.max(worst, Math.abs(given - expected));
    }
  };
  const features = rows.map((row) => Float32Array.from(row.slice(outputs)));
  for (const [index, row] of features.entries()) compare((await scorer.forecast(row, 1))[0] ?? [], index, "");
  const together = await scorer.forecast(Float32Array.from(features.flatMap((row) => [...row])), rows.length);
  for (const [index, found] of together.entries()) compare(found, index, " where it is asked together with others");
  return { vectors: rows.map((row, i) => ({ score: row[1] as number, features: features[i] as Float32Array })), worst };
}

function rowsOf(golden: string, width: number): number[][] {
  const [, ...lines] = golden.trimEnd().split("\n");
  if (lines.length === 0 || lines.length > maxBatchRows)
    throw modelFault("golden_mismatch", `golden.csv holds ${lines.length} vectors instead of 1 to ${maxBatchRows}`);
  return lines.map((line, index) => {
    const row = line.split(",").map(Number);
    if (row.length !== width) throw modelFault("golden_mismatch", `golden.csv:${index + 2}: ${row.length} figures instead of ${width}`);
    return row;
  });
}
