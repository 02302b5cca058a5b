// The prognoses that the model worker holds: machines that were given the same bundle share one session. In: a folder, or a cycle's features of
// machines that share a graph. Out: a manifest, or the figures of each. As sessions of detectors: vetted, opened by hash, golden vectors checked.
import { checkPrognosisGolden } from "@millwright/models/onnx/check-prognosis-golden";
import { modelFault } from "@millwright/models/onnx/model-faults";
import { openPrognosis, type PrognosisScorer } from "@millwright/models/onnx/prognosis-session";
import { isPrognosis, prognosisBundleOf } from "@millwright/models/onnx/read-prognosis-bundle";
import { readSignedFiles } from "@millwright/models/onnx/read-signed-bundle";
import type { ForecastRequest, LoadPrognosisReply, LoadPrognosisRequest } from "./model-messages.ts";
import { joinFeatures } from "./packed-rows.ts";

type Session = { scorer: PrognosisScorer; users: number };

export class PrognosisSessions {
  readonly #sessions = new Map<string, Session>();
  /** Machine → the hash of its graph. */
  readonly #graphOf = new Map<string, string>();

  /** Rows with the same answer can be asked together; empty where no prognosis is loaded under that name. */
  graphOf(key: string): string {
    return this.#graphOf.get(key) ?? "";
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
    const graph = bundle.manifest.model_sha256;
    const session = this.#sessions.get(graph) ?? { scorer: await openChecked(bundle), users: 0 };
    session.users += 1;
    this.#sessions.set(graph, session);
    // It may be the same graph again: in use before it is let go.
    await this.close(key);
    this.#graphOf.set(key, graph);
    return { manifest: bundle.manifest };
  }

  /** @param rows of machines with one graph @returns the figures of each, in order @throws Fault session_failed */
  async forecast(rows: readonly ForecastRequest[]): Promise<number[][]> {
    const scorer = this.#sessions.get(this.graphOf(rows[0]?.key ?? ""))?.scorer;
    if (scorer === undefined) throw modelFault("session_failed", "no prognosis is loaded");
    return scorer.forecast(joinFeatures(rows), rows.length);
  }

  async close(key: string): Promise<null> {
    const graph = this.graphOf(key);
    const session = this.#sessions.get(graph);
    if (session === undefined) return null;
    this.#graphOf.delete(key);
    session.users -= 1;
    if (session.users > 0) return null;
    this.#sessions.delete(graph);
    await session.scorer.close();
    return null;
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
