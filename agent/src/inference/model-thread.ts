// One thread that owns onnxruntime. Loading and learning are done one at a time, in the order they were asked for, so that rows are scored
// between them. A thread that does not answer is replaced; it is told to end and left to itself: ending a thread from outside in the middle of
// onnxruntime's native code ends the whole process.
import { once } from "node:events";
import { extname } from "node:path";
import { Worker } from "node:worker_threads";
import { messageOf } from "@millwright/kit/fault";
import { agentFault } from "../faults.ts";
import { type FromModelThread, isRowRequest, type ModelRequest, type ReplyOf, type ToModelThread } from "./model-messages.ts";

type Asked = { request: ModelRequest; resolve: (reply: never) => void; reject: (error: Error) => void };
type Sent = Asked & { timer: NodeJS.Timeout };

/** Real ms from the moment the thread gets it. */
const deadlineMs = {
  score: 2_000,
  forecast: 2_000,
  inspect: 20_000,
  load: 20_000,
  load_prognosis: 20_000,
  learn: 120_000,
  close: 5_000,
} as const;
/** More unanswered rows than this means the thread is far behind: refuse at once instead of growing. */
const maxScoring = 2_000;
/** Each machine asks for one thing at a time; a box has no more machines than this. */
const maxQueued = 2_000;
const farewellMs = 2_000;
/** Rows that come within so many real ms are scored together: machines that share a graph in one run of it. */
const gatherMs = 2;

export class ModelThread {
  readonly #onReplaced: () => void;
  readonly #sent = new Map<number, Sent>();
  readonly #queue: Asked[] = [];
  #outgoing: { id: number; request: ModelRequest }[] = [];
  #flushTimer: NodeJS.Timeout | null = null;
  #isBusy = false;
  #worker: Worker;
  #nextId = 1;
  #isClosed = false;

  constructor(onReplaced: () => void) {
    this.#onReplaced = onReplaced;
    this.#worker = this.#start();
  }

  /** @throws Fault model_refused, model_failed */
  ask<R extends ModelRequest>(request: R): Promise<ReplyOf<R>> {
    if (this.#isClosed) return Promise.reject(agentFault("model_failed", "the agent is stopping"));
    const isFull = isRowRequest(request) ? this.#sent.size >= maxScoring : this.#queue.length >= maxQueued;
    if (isFull) return Promise.reject(agentFault("model_failed", "the model worker is too far behind"));
    return new Promise((resolve, reject) => {
      const asked = { request, resolve, reject };
      if (isRowRequest(request)) return this.#send(asked);
      this.#queue.push(asked);
      this.#serveNext();
    });
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#failAll("the agent is stopping");
    const exited = once(this.#worker, "exit");
    this.#worker.postMessage("end");
    const timer = setTimeout(() => void this.#worker.terminate(), farewellMs);
    await exited;
    clearTimeout(timer);
  }

  #start(): Worker {
    const worker = new Worker(new URL(`./model-worker${extname(import.meta.url)}`, import.meta.url));
    worker.unref();
    worker.on("message", (answers: FromModelThread) => {
      for (const answer of answers) this.#settle(answer);
    });
    worker.on("error", (error) => this.#replace(worker, messageOf(error)));
    worker.on("exit", (code) => this.#replace(worker, `the model worker ended with ${code}`));
    return worker;
  }

  #settle(answer: FromModelThread[number]): void {
    const sent = this.#take(answer.id);
    if (sent === undefined) return;
    if ("reply" in answer) sent.resolve(answer.reply as never);
    else {
      const { code, detail } = answer.error;
      sent.reject(
        agentFault(
          ["load", "load_prognosis", "inspect"].includes(sent.request.kind) ? "model_refused" : "model_failed",
          `${code}: ${detail}`,
        ),
      );
    }
  }

  #serveNext(): void {
    if (this.#isBusy) return;
    const next = this.#queue.shift();
    if (next === undefined) return;
    this.#isBusy = true;
    this.#send(next);
  }

  #send(asked: Asked): void {
    const id = this.#nextId++;
    const { kind } = asked.request;
    const worker = this.#worker;
    const timer = setTimeout(() => this.#replace(worker, `no answer to "${kind}" in ${deadlineMs[kind]} ms`), deadlineMs[kind]);
    this.#sent.set(id, { ...asked, timer });
    this.#outgoing.push({ id, request: asked.request });
    this.#flushTimer ??= setTimeout(() => this.#flush(), isRowRequest(asked.request) ? gatherMs : 0);
  }

  #flush(): void {
    this.#flushTimer = null;
    this.#worker.postMessage(this.#outgoing.splice(0) satisfies ToModelThread);
  }

  #take(id: number): Sent | undefined {
    const sent = this.#sent.get(id);
    if (sent === undefined) return undefined;
    clearTimeout(sent.timer);
    this.#sent.delete(id);
    if (!isRowRequest(sent.request)) {
      this.#isBusy = false;
      queueMicrotask(() => this.#serveNext());
    }
    return sent;
  }

  #replace(gone: Worker, why: string): void {
    if (gone !== this.#worker || this.#isClosed) return;
    gone.postMessage("end");
    this.#worker = this.#start();
    this.#outgoing = [];
    for (const id of [...this.#sent.keys()]) this.#take(id)?.reject(agentFault("model_failed", why));
    this.#onReplaced();
  }

  #failAll(why: string): void {
    for (const { reject } of this.#queue.splice(0)) reject(agentFault("model_failed", why));
    for (const id of [...this.#sent.keys()]) this.#take(id)?.reject(agentFault("model_failed", why));
  }
}
