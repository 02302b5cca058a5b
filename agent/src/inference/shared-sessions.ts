// Sessions by the hash of their graph: machines that were given the same bundle share one, and the last of them takes it along.
import { modelFault } from "@millwright/models/onnx/model-faults";

export class SharedSessions<Scorer extends { close(): Promise<void> }> {
  readonly #sessions = new Map<string, { readonly scorer: Scorer; users: number }>();
  /** Machine → the hash of its graph. */
  readonly #graphOf = new Map<string, string>();

  /** Rows with the same answer can be asked together; empty where nothing is open under that name. */
  graphOf(key: string): string {
    return this.#graphOf.get(key) ?? "";
  }

  scorerOf(key: string): Scorer | undefined {
    return this.#sessions.get(this.graphOf(key))?.scorer;
  }

  /** @param open called where the graph is not open yet @returns as `close`, of what was open under that name before @throws what `open` throws */
  async open(key: string, graph: string, open: () => Promise<Scorer>): Promise<string | null> {
    if (!this.#sessions.has(graph)) this.#sessions.set(graph, { scorer: await open(), users: 0 });
    return this.use(key, graph);
  }

  /** One more machine for a graph that is open. @returns as `open` @throws Fault session_failed where it is not */
  async use(key: string, graph: string): Promise<string | null> {
    const session = this.#sessions.get(graph);
    if (session === undefined) throw modelFault("session_failed", "the model was closed while it was opened");
    // It may be the same graph again: in use before it is let go.
    session.users += 1;
    const closed = await this.close(key);
    this.#graphOf.set(key, graph);
    return closed;
  }

  /** @returns the graph that nobody uses any more; null where others do, or nothing was open under that name */
  async close(key: string): Promise<string | null> {
    const graph = this.graphOf(key);
    const session = this.#sessions.get(graph);
    if (session === undefined) return null;
    this.#graphOf.delete(key);
    session.users -= 1;
    if (session.users > 0) return null;
    this.#sessions.delete(graph);
    await session.scorer.close();
    return graph;
  }
}
