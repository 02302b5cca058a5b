// A model thread that is there while it is needed: started with the first thing that is asked, ended when it holds nothing and nothing was asked for a
// while. A thread that does nothing takes 15 MB all the same.
import { agentFault } from "../faults.ts";
import type { ModelRequest, ReplyOf } from "./model-messages.ts";
import { ModelThread } from "./model-thread.ts";

export type RestingThreadOptions = {
  /** Whether the thread holds something that will be asked for. */
  isHolding: () => boolean;
  /** Real ms without a request before it ends. */
  restMs: number;
  /** What it held is gone. */
  onReplaced: () => void;
};

export class RestingThread {
  readonly #o: RestingThreadOptions;
  #thread: ModelThread | null = null;
  #asked = 0;
  #timer: NodeJS.Timeout | null = null;
  #isClosed = false;
  #ended: Promise<void> = Promise.resolve();

  constructor(options: RestingThreadOptions) {
    this.#o = options;
  }

  /** @throws Fault as `ModelThread.ask` */
  async ask<R extends ModelRequest>(request: R): Promise<ReplyOf<R>> {
    if (this.#isClosed) throw agentFault("model_failed", "the agent is stopping");
    this.#thread ??= new ModelThread(this.#o.onReplaced);
    this.#asked += 1;
    try {
      return await this.#thread.ask(request);
    } finally {
      this.#asked -= 1;
      if (this.#isAtRest) this.#endLater();
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#end();
    await this.#ended;
  }

  get #isAtRest(): boolean {
    return this.#asked === 0 && !this.#isClosed && !this.#o.isHolding();
  }

  #endLater(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#timer = null;
      if (this.#isAtRest) this.#end();
    }, this.#o.restMs).unref();
  }

  #end(): void {
    const thread = this.#thread;
    this.#thread = null;
    if (thread !== null) this.#ended = Promise.all([this.#ended, thread.close()]).then(() => {});
  }
}
