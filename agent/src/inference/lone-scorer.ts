// One graph, scored by itself. Its session takes 0.3 MB and is given up when the graph's rows go another way; where one comes all the same, it is
// opened again from the bytes that were vetted. Memory that a process held once does not go back to the system: a box with 500 detectors must
// never hold 500 sessions.
import { openScorer, type Scorer, type Scores } from "@millwright/models/onnx/session";

export class LoneScorer implements Scorer {
  readonly #model: Uint8Array;
  readonly #features: number;
  #session: Promise<Scorer> | null = null;
  #isResting = false;
  #underWay = 0;

  /** @param model vetted before @param features F of its manifest */
  constructor(model: Uint8Array, { features }: { features: number }) {
    this.#model = model;
    this.#features = features;
  }

  get isOpen(): boolean {
    return this.#session !== null;
  }

  /** @throws Fault session_failed; model_unreadable, model_not_allowed, model_shape where it is opened */
  async score(batch: Float32Array, rows: number): Promise<Scores> {
    this.#isResting = false;
    this.#underWay += 1;
    try {
      this.#session ??= openScorer(this.#model, { features: this.#features });
      return await (await this.#session).score(batch, rows);
    } finally {
      this.#underWay -= 1;
      if (this.#isResting) await this.close();
    }
  }

  /** No row is expected for now. The session goes when the last row that is on its way is scored. */
  async close(): Promise<void> {
    this.#isResting = true;
    if (this.#underWay > 0) return;
    const session = this.#session;
    this.#session = null;
    await (await session)?.close();
  }
}
