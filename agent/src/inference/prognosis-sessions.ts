// The prognoses that the model worker holds: machines that were given the same bundle share one session. In: a folder, or a cycle's features of
// machines that share a graph. Out: a manifest, or the figures of each. As sessions of detectors: vetted, opened by hash, golden vectors checked.
import { checkPrognosisGolden } from "@millwright/models/onnx/check-prognosis-golden";
import { modelFault } from "@millwright/models/onnx/model-faults";
import { openPrognosis, type PrognosisScorer } from "@millwright/models/onnx/prognosis-session";
import { isPrognosis, prognosisBundleOf } from "@millwright/models/onnx/read-prognosis-bundle";
import { readSignedFiles } from "@millwright/models/onnx/read-signed-bundle";
import type { ForecastRequest, LoadPrognosisReply, LoadPrognosisRequest } from "./model-messages.ts";
import { joinFeatures } from "./packed-rows.ts";
import { SharedSessions } from "./shared-sessions.ts";

export class PrognosisSessions {
  readonly #sessions = new SharedSessions<PrognosisScorer>();

  /** Rows with the same answer can be asked together. */
  graphOf(key: string): string {
    return this.#sessions.graphOf(key);
  }

  /** @throws Fault of reading, of the graph, or golden_mismatch */
  async load({ key, folder, keys, bundleSha256 }: LoadPrognosisRequest): Promise<LoadPrognosisReply> {
    const { files, signed } = await readSignedFiles(folder, { keys, others: "refuse" });
    if (signed.bundleSha256 !== bundleSha256) throw modelFault("bundle_changed", `${folder} changed after it was vetted`);
    if (!isPrognosis(files))
      throw modelFault(
        "manifest_invalid",
        `${folder}: manifest.json: kind: is not "prognosis-trees"; a detector's bundle belongs to model:`,
      );
    const bundle = prognosisBundleOf(files, folder);
    await this.#sessions.open(key, bundle.manifest.model_sha256, () => openChecked(bundle));
    return { manifest: bundle.manifest };
  }

  /** @param rows of machines with one graph @returns the figures of each, in order @throws Fault session_failed */
  async forecast(rows: readonly ForecastRequest[]): Promise<number[][]> {
    const scorer = this.#sessions.scorerOf(rows[0]?.key ?? "");
    if (scorer === undefined) throw modelFault("session_failed", "no prognosis is loaded");
    return scorer.forecast(joinFeatures(rows), rows.length);
  }

  async close(key: string): Promise<void> {
    await this.#sessions.close(key);
  }
}

async function openChecked(bundle: ReturnType<typeof prognosisBundleOf>): Promise<PrognosisScorer> {
  const { features, horizons_cycles } = bundle.manifest;
  const scorer = await openPrognosis(bundle.model, { features: features.columns, horizons: horizons_cycles.length });
  try {
    await checkPrognosisGolden(bundle, scorer);
    return scorer;
  } catch (error) {
    await scorer.close();
    throw error;
  }
}
