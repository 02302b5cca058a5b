// The agent's side of the model workers: ask, and get an answer within a deadline or a Fault. In: features of one row, rows to learn from, a
// bundle's folder. Out: score and contributions, a manifest. Never an invented figure.
// Two threads: one scores; the other learns, is started when there is something to learn, and ends when there is not. A plant of 500 machines
// that all have their rows together learns one after the other, and the machines that are watched already are scored meanwhile.
import { agentFault } from "../faults.ts";
import type { ModelRequest, ReplyOf } from "./model-messages.ts";
import { ModelThread } from "./model-thread.ts";

export type ModelRunner = {
  /** @throws Fault model_refused (a bundle that may not be used), model_failed (no answer in time, or the session failed). */
  ask<R extends ModelRequest>(request: R): Promise<ReplyOf<R>>;
  /** Told when the scoring thread had to be replaced: everything that was loaded must be loaded again. */
  onRestart(listener: () => void): void;
  close(): Promise<void>;
};

export function startModelRunner(): ModelRunner {
  const listeners: (() => void)[] = [];
  const scoring = new ModelThread(() => {
    for (const listener of listeners) listener();
  });
  let learning: ModelThread | null = null;
  let learners = 0;
  let isClosed = false;

  const learn = async <R extends ModelRequest>(request: R): Promise<ReplyOf<R>> => {
    learning ??= new ModelThread(() => {});
    learners += 1;
    try {
      return await learning.ask(request);
    } finally {
      learners -= 1;
      if (learners === 0) {
        void learning.close();
        learning = null;
      }
    }
  };

  return {
    ask(request) {
      if (isClosed) return Promise.reject(agentFault("model_failed", "the agent is stopping"));
      return request.kind === "learn" ? learn(request) : scoring.ask(request);
    },
    onRestart: (listener) => void listeners.push(listener),
    async close() {
      isClosed = true;
      await Promise.all([scoring.close(), learning?.close()]);
    },
  };
}
