// Detectors that machines learned for themselves, scored together: graphs of one shape whose weights differ (models/src/onnx/stacked-scorer.ts).
// A stack is opened anew when nothing was added for a while and not again soon (when-to-open.ts), since opening it costs as much as a thousand
// rows; until then, and where there is nothing to gain or the graph is not our own, a row is scored by its own session.
import type { GraphConstants } from "@millwright/models/onnx/graph-constants";
import { readWeights } from "@millwright/models/onnx/read-weights";
import { openStackedScorer, type StackedScorer } from "@millwright/models/onnx/stacked-scorer";
import { type OpeningRule, whenToOpenMs } from "./when-to-open.ts";

export type Stack = { readonly scorer: StackedScorer; readonly places: ReadonlyMap<string, number> };

/** A stack's tables take 0.8 MB a thousand small detectors; what is more is scored alone. */
const maxDetectors = 1_000;
/** Real ms a stack that was replaced is kept for rows that are on their way through it. */
const farewellMs = 5_000;

export class DetectorStacks {
  readonly #weights = new Map<string, GraphConstants>();
  readonly #stacks = new Map<number, Stack>();
  readonly #rule: OpeningRule;
  #timer: NodeJS.Timeout | null = null;
  /** Since when a detector waits for a stack, and when the last one was opened; of `performance.now()`. */
  #waitingSinceMs: number | null = null;
  #lastOpenedMs: number | null = null;

  constructor({ quietMs = 2_000, restMs = 60_000 }: Partial<OpeningRule> = {}) {
    this.#rule = { quietMs, restMs };
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
    const nowMs = performance.now();
    this.#waitingSinceMs ??= nowMs;
    const atMs = whenToOpenMs({ nowMs, waitingSinceMs: this.#waitingSinceMs, lastOpenedMs: this.#lastOpenedMs }, this.#rule);
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#open().catch(() => {}), Math.max(0, atMs - nowMs)).unref();
  }

  // Where a stack cannot be opened its rows go on being scored alone.
  async #open(): Promise<void> {
    this.#waitingSinceMs = null;
    for (const [points, all] of Map.groupBy(this.#weights, ([, { mean }]) => mean.length)) {
      const detectors = all.slice(0, maxDetectors);
      if (detectors.length < 2 || detectors.every(([graph]) => this.stackOf(graph) !== null)) continue;
      this.#lastOpenedMs = performance.now();
      const scorer = await openStackedScorer(detectors.map(([, weights]) => weights));
      // Asked now: another one may have been opened meanwhile, and each must be closed once.
      const replaced = this.#stacks.get(points);
      this.#stacks.set(points, { scorer, places: new Map(detectors.map(([graph], place) => [graph, place])) });
      if (replaced !== undefined) setTimeout(() => void replaced.scorer.close(), farewellMs).unref();
    }
  }
}
