// Bundles whose graphs onnxruntime runs, in the model worker: machines that were given the same one share a session. Imported with the first of them
// only: onnxruntime takes 40 MB.
import { maxBatchRows } from "@millwright/models/onnx/batch-rows";
import type { Bundle } from "@millwright/models/onnx/build-bundle";
import { checkGolden } from "@millwright/models/onnx/check-golden";
import { modelFault } from "@millwright/models/onnx/model-faults";
import { openScorer, type Scorer } from "@millwright/models/onnx/session";
import { eachAlone } from "./each-alone.ts";
import type { FromModelThread } from "./model-messages.ts";
import { batchesOf, type PackedRows, singleRows } from "./packed-rows.ts";

type Session = { readonly scorer: Scorer; users: number };

export class GraphSessions {
  /** By the hash of their graph. */
  readonly #sessions = new Map<string, Session>();
  /** Bundles that are open → the hash of their graph. */
  readonly #opened = new Map<string, string>();
  /** Machine → the hash of its graph. */
  readonly #graphOf = new Map<string, string>();

  /** Golden vectors are checked here, too: in this process it speaks. @throws Fault of the graph, or golden_mismatch */
  async load(key: string, bundle: Bundle, bundleSha256: string): Promise<void> {
    const graph = bundle.manifest.model_sha256;
    if (!this.#sessions.has(graph)) this.#sessions.set(graph, { scorer: await openChecked(bundle), users: 0 });
    this.#opened.set(bundleSha256, graph);
    await this.#use(key, graph);
  }

  /** A bundle that is open is the same by its hash, and is not read again. @returns false: it is not open */
  async join(key: string, bundleSha256: string): Promise<boolean> {
    const graph = this.#opened.get(bundleSha256);
    if (graph === undefined) return false;
    await this.#use(key, graph);
    return true;
  }

  /** Rows with the same graph are scored in one run. */
  score(rows: PackedRows): Promise<FromModelThread>[] {
    const scorerOf = (key: string): Scorer | undefined => this.#sessions.get(this.#graphOf.get(key) ?? "")?.scorer;
    return batchesOf(rows, scorerOf, maxBatchRows).map(([scorer, some]) => scoreTogether(scorer, some));
  }

  async close(key: string): Promise<void> {
    const graph = this.#graphOf.get(key);
    const session = graph === undefined ? undefined : this.#sessions.get(graph);
    if (graph === undefined || session === undefined) return;
    this.#graphOf.delete(key);
    session.users -= 1;
    if (session.users > 0) return;
    this.#sessions.delete(graph);
    for (const [bundle, its] of this.#opened) if (its === graph) this.#opened.delete(bundle);
    await session.scorer.close();
  }

  // It may be the same graph again: in use before it is let go.
  async #use(key: string, graph: string): Promise<void> {
    const session = this.#sessions.get(graph);
    if (session === undefined) throw modelFault("session_failed", "the model was closed while it was opened");
    session.users += 1;
    await this.close(key);
    this.#graphOf.set(key, graph);
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
