// The agent's side of the model worker: ask, and get an answer within a deadline or a Fault; a worker that hangs or dies is replaced.
// In: features of one row, rows to learn from, a bundle's folder. Out: score and contributions, a manifest. Never an invented figure.
import { extname } from "node:path";
import { Worker } from "node:worker_threads";
import { messageOf } from "@millwright/kit/fault";
import { agentFault } from "../faults.ts";
import type { ModelError, ModelRequest, ReplyOf } from "./model-messages.ts";

export type ModelRunner = {
  /** @throws Fault model_refused (a bundle that may not be used), model_failed (no answer in time, or the session failed). */
  ask<R extends ModelRequest>(request: R): Promise<ReplyOf<R>>;
  /** Told when the worker had to be replaced: everything that was loaded must be loaded again. */
  onRestart(listener: () => void): void;
  close(): Promise<void>;
};

type Waiting = { request: ModelRequest; resolve: (reply: never) => void; reject: (error: Error) => void; timer: NodeJS.Timeout };

const deadlineMs = { score: 2_000, load: 20_000, learn: 120_000, close: 5_000 } as const;
/** More unanswered questions than this means the worker is far behind: refuse at once instead of growing. */
const maxWaiting = 2_000;

export function startModelRunner(): ModelRunner {
  const waiting = new Map<number, Waiting>();
  const listeners: (() => void)[] = [];
  let worker = start();
  let nextId = 1;
  let isClosed = false;

  function start(): Worker {
    const started = new Worker(new URL(`./model-worker${extname(import.meta.url)}`, import.meta.url));
    started.unref();
    started.on("message", ({ id, reply, error }: { id: number; reply?: never; error?: ModelError }) => {
      const asked = take(id);
      if (asked === undefined) return;
      if (error === undefined) asked.resolve(reply as never);
      else asked.reject(agentFault(asked.request.kind === "load" ? "model_refused" : "model_failed", `${error.code}: ${error.detail}`));
    });
    started.on("error", (error) => replace(started, messageOf(error)));
    started.on("exit", (code) => replace(started, `the model worker ended with ${code}`));
    return started;
  }

  function take(id: number): Waiting | undefined {
    const asked = waiting.get(id);
    if (asked !== undefined) clearTimeout(asked.timer);
    waiting.delete(id);
    return asked;
  }

  function replace(gone: Worker, why: string): void {
    if (gone !== worker || isClosed) return;
    worker = start();
    void gone.terminate();
    for (const id of [...waiting.keys()]) take(id)?.reject(agentFault("model_failed", why));
    for (const listener of listeners) listener();
  }

  return {
    ask(request) {
      if (isClosed) return Promise.reject(agentFault("model_failed", "the agent is stopping"));
      if (waiting.size >= maxWaiting) return Promise.reject(agentFault("model_failed", `${maxWaiting} questions are waiting`));
      return new Promise((resolve, reject) => {
        const id = nextId++;
        const asked = worker;
        const timer = setTimeout(
          () => replace(asked, `no answer to "${request.kind}" in ${deadlineMs[request.kind]} ms`),
          deadlineMs[request.kind],
        );
        waiting.set(id, { request, resolve, reject, timer });
        worker.postMessage({ id, request });
      });
    },
    onRestart: (listener) => void listeners.push(listener),
    async close() {
      isClosed = true;
      for (const id of [...waiting.keys()]) take(id)?.reject(agentFault("model_failed", "the agent is stopping"));
      await worker.terminate();
    },
  };
}
