// Everything that can be checked of a bundle without the machine: schema, hashes, operators, shapes, golden vectors.
import { Fault } from "@millwright/kit/fault";
import type { Bundle } from "./build-bundle.ts";
import { parseGoldenCsv } from "./golden-vectors.ts";
import { modelFault } from "./model-faults.ts";
import { readBundle } from "./read-bundle.ts";
import { openScorer } from "./session.ts";

export type BundleCheck = { readonly name: "files" | "graph" | "golden"; readonly ok: boolean; readonly detail: string };

/** Golden scores must agree to 0.1 % or 0.0001, whichever is more: float32 against float64. */
const tolerance = { relative: 1e-3, absolute: 1e-4 };

/** Stops at the first check that fails. Never throws for a bad bundle: the detail says what is wrong. */
export async function verifyBundle(dir: string): Promise<{ ok: boolean; checks: BundleCheck[] }> {
  const checks: BundleCheck[] = [];
  let name: BundleCheck["name"] = "files";
  const passed = (detail: string): void => void checks.push({ name, ok: true, detail });
  try {
    const bundle = await readBundle(dir);
    passed(`${bundle.manifest.id} version ${bundle.manifest.version}, hashes as the manifest names them`);
    name = "graph";
    const scorer = await openScorer(bundle.model, { features: bundle.manifest.features.columns.length });
    passed(`${bundle.model.length} bytes, operators and shapes allowed`);
    name = "golden";
    try {
      const { vectors, worst } = await checkGolden(bundle, scorer);
      passed(`${vectors} vectors, largest difference ${worst.toExponential(1)}`);
    } finally {
      await scorer.close();
    }
    return { ok: true, checks };
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    checks.push({ name, ok: false, detail: error.message });
    return { ok: false, checks };
  }
}

/** @throws Fault golden_mismatch, session_failed */
export async function checkGolden(
  { manifest, golden }: Bundle,
  scorer: Awaited<ReturnType<typeof openScorer>>,
): Promise<{ vectors: number; worst: number }> {
  const vectors = parseGoldenCsv(golden, manifest.features.columns.length);
  if (vectors.length === 0) throw modelFault("golden_mismatch", "golden.csv holds no vectors");
  let worst = 0;
  for (const [index, { score, features }] of vectors.entries()) {
    const found = (await scorer.score(features, 1)).score[0] as number;
    const difference = Math.abs(found - score);
    worst = Math.max(worst, difference);
    if (difference > Math.max(tolerance.absolute, tolerance.relative * Math.abs(score)))
      throw modelFault("golden_mismatch", `golden.csv:${index + 2}: the model scores ${found} instead of ${score}`);
  }
  return { vectors: vectors.length, worst };
}
