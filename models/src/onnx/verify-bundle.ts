// Everything that can be checked of a bundle without the machine, in the order in which it costs: signature, hashes, operators and shapes,
// golden vectors, time. What runs a graph of unknown origin belongs into a process that can be killed (agent/src/inference/vet-child.ts).
import { Fault } from "@millwright/kit/fault";
import { maxBatchRows } from "./batch-rows.ts";
import type { Bundle } from "./build-bundle.ts";
import type { PrognosisBundle } from "./build-prognosis-bundle.ts";
import { checkBudget } from "./check-budget.ts";
import { checkGolden } from "./check-golden.ts";
import { checkPrognosisGolden } from "./check-prognosis-golden.ts";
import type { GoldenVector } from "./golden-vectors.ts";
import { openPrognosis } from "./prognosis-session.ts";
import { bundleOf } from "./read-bundle.ts";
import { isPrognosis, prognosisBundleOf } from "./read-prognosis-bundle.ts";
import { readSignedFiles, type Trust } from "./read-signed-bundle.ts";
import { openScorer, type Scorer } from "./session.ts";

export type BundleCheck = {
  readonly name: "signature" | "files" | "graph" | "golden" | "budget";
  readonly ok: boolean;
  readonly detail: string;
};

/** `bundleSha256`: of the files that were checked; empty where there was no signature over them. */
export type Verification = { ok: boolean; checks: BundleCheck[]; bundleSha256: string };

/** What a bundle says of its origin fails here under these codes; whatever else is wrong, "files" failed. */
const signatureCodes = ["bundle_unsigned", "signature_invalid", "bundle_changed", "signer_unknown"];

/**
 * Stops at the first check that fails. Never throws for a bad bundle: the detail says what is wrong.
 */
export async function verifyBundle(dir: string, trust: Trust): Promise<Verification> {
  const checks: BundleCheck[] = [];
  let name: BundleCheck["name"] = "files";
  let bundleSha256 = "";
  const passed = (detail: string): void => void checks.push({ name, ok: true, detail });
  try {
    const { files, signed, signer } = await readSignedFiles(dir, trust);
    bundleSha256 = signed.bundleSha256;
    checks.push({ name: "signature", ok: true, detail: `signed by ${signed.keyId} (${signer === null ? "unknown" : `known: ${signer}`})` });
    const subject = isPrognosis(files) ? prognosisSubject(prognosisBundleOf(files, dir)) : detectorSubject(bundleOf(files, dir));
    passed(`${subject.id} version ${subject.version}, hashes as the manifest names them`);
    name = "graph";
    const { scorer, golden } = await subject.open();
    passed(`${subject.bytes} bytes, operators and shapes allowed`);
    try {
      name = "golden";
      const { vectors, worst } = await golden();
      passed(`${vectors.length} vectors, largest difference ${worst.toPrecision(2)}`);
      name = "budget";
      const { rowMs, batchMs } = await checkBudget(scorer, (vectors[0] as GoldenVector).features);
      passed(`${rowMs.toFixed(2)} ms a row, ${batchMs.toFixed(2)} ms for ${maxBatchRows} rows (processor time)`);
    } finally {
      await scorer.close();
    }
    return { ok: true, checks, bundleSha256 };
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    checks.push({ name: signatureCodes.includes(error.code) ? "signature" : name, ok: false, detail: error.message });
    return { ok: false, checks, bundleSha256 };
  }
}

/** What the checks need of a bundle of any kind. */
type Subject = {
  readonly id: string;
  readonly version: number;
  readonly bytes: number;
  readonly open: () => Promise<{ scorer: Scorer; golden: () => ReturnType<typeof checkGolden> }>;
};

const detectorSubject = (bundle: Bundle): Subject => ({
  id: bundle.manifest.id,
  version: bundle.manifest.version,
  bytes: bundle.model.length,
  open: async () => {
    const scorer = await openScorer(bundle.model, { features: bundle.manifest.features.columns.length });
    return { scorer, golden: () => checkGolden(bundle, scorer) };
  },
});

const prognosisSubject = (bundle: PrognosisBundle): Subject => ({
  id: bundle.manifest.id,
  version: bundle.manifest.version,
  bytes: bundle.model.length,
  open: async () => {
    const { features, horizons_cycles } = bundle.manifest;
    const scorer = await openPrognosis(bundle.model, { features: features.columns, horizons: horizons_cycles.length });
    return { scorer, golden: () => checkPrognosisGolden(bundle, scorer) };
  },
});
