// Bundles whose graphs onnxruntime runs, in the model worker: machines that were given the same one share a session. Imported with the first of them
// only: onnxruntime takes 40 MB.
import { maxBatchRows } from "@millwright/models/onnx/batch-rows";
import type { Bundle } from "@millwright/models/onnx/build-bundle";
import { checkGolden } from "@millwright/models/onnx/check-golden";
import { openScorer, type Scorer } from "@millwright/models/onnx/session";
import { eachAlone } from "./each-alone.ts";
import type { FromModelThread } from "./model-messages.ts";
import { batchesOf, type PackedRows, singleRows } from "./packed-rows.ts";
import { SharedSessions } from "./shared-sessions.ts";

export class GraphSessions {
  readonly #sessions = new SharedSessions<Scorer>();
  /** Bundles that are open → the hash of their graph. */
  readonly #opened = new Map<string, string>();

  /** Golden vectors are checked here, too: in this process it speaks. @throws Fault of the graph, or golden_mismatch */
  async load(key: string, bundle: Bundle, bundleSha256: string): Promise<void> {
    const graph = bundle.manifest.model_sha256;
    const before = await this.#sessions.open(key, graph, () => openChecked(bundle));
    this.#opened.set(bundleSha256, graph);
    this.#forget(before);
  }

  /** A bundle that is open is the same by its hash, and is not read again. @returns false: it is not open */
  async join(key: string, bundleSha256: string): Promise<boolean> {
    const graph = this.#opened.get(bundleSha256);
    if (graph === undefined) return false;
    this.#forget(await this.#sessions.use(key, graph));
    return true;
  }

  /** Rows with the same graph are scored in one run. */
  score(rows: PackedRows): Promise<FromModelThread>[] {
    return batchesOf(rows, (key) => this.#sessions.scorerOf(key), maxBatchRows).map(([scorer, some]) => scoreTogether(scorer, some));
  }

  async close(key: string): Promise<void> {
    this.#forget(await this.#sessions.close(key));
  }

  #forget(closed: string | null): void {
    for (const [bundle, graph] of this.#opened) if (graph === closed) this.#opened.delete(bundle);
  }
}

// One run for all rows. Where it gives no figure for one of them, each is asked for alone, so that it spoils no other.
async function scoreTogether(scorer: Scorer | undefined, rows: PackedRows): Promise<FromModelThread> {
  const { ids, features } = rows;
  if (scorer === undefined) return ids.map((id) => ({ id, error: { code: "session_failed", detail: "no model is loaded" } }));
  try {
    return [{ ids, ...(await scorer.score(features, ids.length)) }];
  } catch (error) {
    return eachAlone(singleRows(rows), ids, error, (row) => scoreTogether(scorer, row));
  }
}

async function openChecked(bundle: Bundle): Promise<Scorer> {
  const scorer = await openScorer(bundle.model, { features: bundle.manifest.features.columns.length });
  try {
    await checkGolden(bundle, scorer);
    return scorer;
  } catch (error) {
    await scorer.close();
    throw error;
  }
}
