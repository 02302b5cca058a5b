// How one machine's signals are distributed since the last nightly report, counted in the bins of the model that is live.
import type { ModelManifest } from "@millwright/contract/model-manifest";
import { DriftCounter } from "@millwright/models/decisions/drift-counter";
import type { SavedStream } from "./baselines/machine-state.ts";

/** The live model's manifest, and the stream as it was saved last. */
type Known = { manifest: ModelManifest | null; stream: SavedStream | null };

export class DriftWatch {
  readonly #known: () => Known;
  #current: { model: string; counter: DriftCounter } | null = null;

  constructor(known: () => Known) {
    this.#known = known;
  }

  /** Goes on with the counts that were saved with the stream; null where the bundle keeps nothing to compare with. */
  get counter(): DriftCounter | null {
    const { manifest, stream } = this.#known();
    if (manifest?.reference === undefined) return null;
    if (this.#current?.model !== manifest.model_sha256) {
      const saved = stream?.model === manifest.model_sha256 ? stream.drift : undefined;
      this.#current = { model: manifest.model_sha256, counter: new DriftCounter(manifest.reference, saved) };
    }
    return this.#current.counter;
  }

  /** What was counted so far was reported. */
  beginAnew({ reference, model_sha256: model }: ModelManifest): void {
    if (reference !== undefined) this.#current = { model, counter: new DriftCounter(reference) };
  }
}
