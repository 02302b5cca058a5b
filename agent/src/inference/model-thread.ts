// One thread that owns onnxruntime. Loading and learning are done one at a time, in the order they were asked for, so that rows are scored
// between them. A thread that does not answer is replaced; it is told to end and left to itself: ending a thread from outside in the middle of
// onnxruntime's native code ends the whole process.
import { once } from "node:events";
import { extname } from "node:path";
import { Worker } from "node:worker_threads";
import { messageOf } from "@millwright/kit/fault";
import { agentFault } from "../faults.ts";
import type { ModelError, ModelRequest, ReplyOf } from "./model-messages.ts";

type Asked = { request: ModelRequest; resolve: (reply: never) => void; reject: (error: Error) => void };
type Sent = Asked & { timer: NodeJS.Timeout };

/** Real ms from the moment the thread gets it. */
const deadlineMs = { score: 2_000, load: 20_000, learn: 120_000, close: 5_000 } as const;
/** More unanswered rows than this means the thread is far behind: refuse at once instead of growing. */
const maxScoring = 2_000;
/** Each machine asks for one thing at a time; a box has no more machines than this. */
const maxQueued = 2_000;
const farewellMs = 2_000;

export class ModelThread {
  readonly #onReplaced: () => void;
  readonly #sent = new Map<number, Sent>();
  readonly #queue: Asked[] = [];
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
    const isFull = request.kind === "score" ? this.#sent.size >= maxScoring : this.#queue.length >= maxQueued;
    if (isFull) return Promise.reject(agentFault("model_failed", "the model worker is too far behind"));
    return new Promise((resolve, reject) => {
      const asked = { request, resolve, reject };
      if (request.kind === "score") return this.#send(asked);
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
    worker.on("message", ({ id, reply, error }: { id: number; reply?: never; error?: ModelError }) => {
      const sent = this.#take(id);
      if (sent === undefined) return;
      if (error === undefined) sent.resolve(reply as never);
      else sent.reject(agentFault(sent.request.kind === "load" ? "model_refused" : "model_failed", `${error.code}: ${error.detail}`));
    });
    worker.on("error", (error) => this.#replace(worker, messageOf(error)));
    worker.on("exit", (code) => this.#replace(worker, `the model worker ended with ${code}`));
    return worker;
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
    worker.postMessage({ id, request: asked.request });
  }

  #take(id: number): Sent | undefined {
    const sent = this.#sent.get(id);
    if (sent === undefined) return undefined;
    clearTimeout(sent.timer);
    this.#sent.delete(id);
    if (sent.request.kind !== "score") {
      this.#isBusy = false;
      queueMicrotask(() => this.#serveNext());
    }
    return sent;
  }

  #replace(gone: Worker, why: string): void {
    if (gone !== this.#worker || this.#isClosed) return;
    gone.postMessage("end");
    this.#worker = this.#start();
    for (const id of [...this.#sent.keys()]) this.#take(id)?.reject(agentFault("model_failed", why));
    this.#onReplaced();
  }

  #failAll(why: string): void {
    for (const { reject } of this.#queue.splice(0)) reject(agentFault("model_failed", why));
    for (const id of [...this.#sent.keys()]) this.#take(id)?.reject(agentFault("model_failed", why));
  }
}
