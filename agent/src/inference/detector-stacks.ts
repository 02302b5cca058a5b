// Detectors that machines learned for themselves, scored together: graphs of one shape whose weights differ (models/src/onnx/stacked-scorer.ts).
// A stack is opened when nothing was added for a while, since opening it costs as much as thousands of rows; until then, and where there is
// nothing to gain or the graph is not our own, a row is scored by its own session.
import { readWeights } from "@millwright/models/onnx/read-weights";
import { openStackedScorer, type StackedScorer } from "@millwright/models/onnx/stacked-scorer";

export type Stack = { readonly scorer: StackedScorer; readonly places: ReadonlyMap<string, number> };
type Weights = NonNullable<ReturnType<typeof readWeights>>;

/** A stack's tables take 0.8 MB a thousand small detectors; what is more is scored alone. */
const maxDetectors = 1_000;
/** Real ms a stack that was replaced is kept for rows that are on their way through it. */
const farewellMs = 5_000;

export class DetectorStacks {
  readonly #weights = new Map<string, Weights>();
  readonly #stacks = new Map<number, Stack>();
  readonly #quietMs: number;
  #timer: NodeJS.Timeout | null = null;

  /** @param quietMs real ms without a new detector before a stack is opened */
  constructor({ quietMs = 2_000 } = {}) {
    this.#quietMs = quietMs;
  }

  /** @param graph hash of the model's bytes */
  add(graph: string, model: Uint8Array): void {
    const weights = readWeights(model);
    if (weights === null) return;
    this.#weights.set(graph, weights);
    this.#later();
  }

  remove(graph: string): void {
    // What is in a stack stays right for its hash; it goes when the stack is opened again.
    this.#weights.delete(graph);
  }

  stackOf(graph: string): Stack | null {
    const points = this.#weights.get(graph)?.mean.length;
    const stack = points === undefined ? undefined : this.#stacks.get(points);
    return stack?.places.has(graph) === true ? stack : null;
  }

  #later(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#open().catch(() => {}), this.#quietMs).unref();
  }

  // Where a stack cannot be opened its rows go on being scored alone.
  async #open(): Promise<void> {
    for (const [points, all] of Map.groupBy(this.#weights, ([, { mean }]) => mean.length)) {
      const detectors = all.slice(0, maxDetectors);
      if (detectors.length < 2 || detectors.every(([graph]) => this.stackOf(graph) !== null)) continue;
      const scorer = await openStackedScorer(detectors.map(([, weights]) => weights));
      // Asked now: another one may have been opened meanwhile, and each must be closed once.
      const replaced = this.#stacks.get(points);
      this.#stacks.set(points, { scorer, places: new Map(detectors.map(([graph], place) => [graph, place])) });
      if (replaced !== undefined) setTimeout(() => void replaced.scorer.close(), farewellMs).unref();
    }
  }
}
