// Detectors that machines learned for themselves, scored together: graphs of one shape whose weights differ (models/src/onnx/stacked-scorer.ts).
// One alone is a stack, too: rows in which nothing is hidden go through a graph without the steps towards hidden points.
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

type StackOptions = Partial<OpeningRule> & { onStacked?: (graphs: readonly string[]) => void };

export class DetectorStacks {
  readonly #weights = new Map<string, GraphConstants>();
  readonly #stacks = new Map<number, Stack>();
  readonly #rule: OpeningRule;
  #timer: NodeJS.Timeout | null = null;
  readonly #onStacked: (graphs: readonly string[]) => void;
  /** Detectors that wait for a stack, since when, and when the last one was opened; of `performance.now()`. */
  #waiting = 0;
  #waitingSinceMs: number | null = null;
  #lastOpenedMs: number | null = null;
  #opening: Promise<void> = Promise.resolve();

  /** @param onStacked told of all graphs that are in a stack from now on */
  constructor({ quietMs = 2_000, restMs = 60_000, maxWaiting = 32, onStacked = () => {} }: StackOptions = {}) {
    this.#rule = { quietMs, restMs, maxWaiting };
    this.#onStacked = onStacked;
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
    this.#waiting += 1;
    this.#waitingSinceMs ??= nowMs;
    const [waiting, waitingSinceMs] = [this.#waiting, this.#waitingSinceMs];
    const atMs = whenToOpenMs({ nowMs, waiting, waitingSinceMs, lastOpenedMs: this.#lastOpenedMs }, this.#rule);
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      // One after the other: an older, smaller stack must not take the place of a newer one. Where one cannot be opened its rows go on being scored alone.
      this.#opening = this.#opening.then(() => this.#open()).catch(() => {});
    }, atMs - nowMs).unref();
  }

  async #open(): Promise<void> {
    this.#waiting = 0;
    this.#waitingSinceMs = null;
    for (const [points, all] of Map.groupBy(this.#weights, ([, { mean }]) => mean.length)) {
      const detectors = all.slice(0, maxDetectors);
      if (detectors.every(([graph]) => this.stackOf(graph) !== null)) continue;
      this.#lastOpenedMs = performance.now();
      const scorer = await openStackedScorer(detectors.map(([, weights]) => weights));
      const replaced = this.#stacks.get(points);
      this.#stacks.set(points, { scorer, places: new Map(detectors.map(([graph], place) => [graph, place])) });
      this.#onStacked(detectors.map(([graph]) => graph));
      if (replaced !== undefined) setTimeout(() => void replaced.scorer.close(), farewellMs).unref();
    }
  }
}
