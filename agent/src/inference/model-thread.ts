// One thread that owns onnxruntime. Loading and learning are done one at a time, in the order they were asked for, so that rows are scored
// between them. A thread that does not answer is replaced; it is told to end and left to itself: ending a thread from outside in the middle of
// onnxruntime's native code ends the whole process.
import { once } from "node:events";
import { extname } from "node:path";
import { Worker } from "node:worker_threads";
import { messageOf } from "@millwright/kit/fault";
import "@millwright/models/onnx/silent-runtime";
import { agentFault } from "../faults.ts";
import { type FromModelThread, isRowRequest, type ModelRequest, type ReplyOf, type ToModelThread } from "./model-messages.ts";
import { type PackedScores, packRows, type ScoreRow, unpackScores } from "./packed-rows.ts";

type Asked = { request: ModelRequest; resolve: (reply: never) => void; reject: (error: Error) => void };
/** `sentMs`: monotonic. */
type Sent = Asked & { sentMs: number };

/** Real ms from the moment the thread gets it; looked at once a second. */
const watchEveryMs = 1_000;
/** What was asked so short a time ago has not kept the thread from answering: it is asked again of the next one. */
const blamelessMs = 2_000;
export const deadlineMs = {
  score: 5_000,
  forecast: 5_000,
  inspect: 20_000,
  load: 20_000,
  load_prognosis: 20_000,
  learn: 120_000,
  join: 5_000,
  close: 5_000,
} as const;
/** What takes the thread no longer than a row; the rest is done one at a time. */
const goesAtOnce = (request: ModelRequest): boolean => isRowRequest(request) || request.kind === "join";
/** More unanswered rows than this means the thread is far behind: refuse at once instead of growing. */
const maxScoring = 2_000;
/** Each machine asks for one thing at a time; a box has no more machines than this. */
const maxQueued = 2_000;
const farewellMs = 2_000;
/** Rows that come within so many real ms are scored together: machines that share a graph in one run of it. */
const gatherMs = 2;

export class ModelThread {
  readonly #onReplaced: () => void;
  readonly #deadlines: Readonly<Record<ModelRequest["kind"], number>>;
  readonly #sent = new Map<number, Sent>();
  readonly #queue: Asked[] = [];
  #rows: ScoreRow[] = [];
  #outgoing: Exclude<ToModelThread, "end">["asked"] = [];
  #flushTimer: NodeJS.Timeout | null = null;
  #watchTimer: NodeJS.Timeout | null = null;
  #isBusy = false;
  #worker: Worker;
  #nextId = 1;
  #isClosed = false;

  constructor(onReplaced: () => void, deadlines: Readonly<Record<ModelRequest["kind"], number>> = deadlineMs) {
    this.#onReplaced = onReplaced;
    this.#deadlines = deadlines;
    this.#worker = this.#start();
  }

  /** @throws Fault model_refused, model_failed */
  ask<R extends ModelRequest>(request: R): Promise<ReplyOf<R>> {
    if (this.#isClosed) return Promise.reject(agentFault("model_failed", "the agent is stopping"));
    const isFull = goesAtOnce(request) ? this.#sent.size >= maxScoring : this.#queue.length >= maxQueued;
    if (isFull) return Promise.reject(agentFault("model_failed", "the model worker is too far behind"));
    return new Promise((resolve, reject) => {
      const asked = { request, resolve, reject };
      if (goesAtOnce(request)) return this.#send(asked);
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
    if (this.#watchTimer !== null) clearTimeout(this.#watchTimer);
  }

  #start(): Worker {
    const worker = new Worker(new URL(`./model-worker${extname(import.meta.url)}`, import.meta.url));
    worker.unref();
    worker.on("message", (answers: FromModelThread) => {
      for (const one of answers) for (const answer of "ids" in one ? unpackScores(one) : [one]) this.#settle(answer);
    });
    worker.on("error", (error) => this.#replace(worker, messageOf(error)));
    worker.on("exit", (code) => this.#replace(worker, `the model worker ended with ${code}`));
    return worker;
  }

  #settle(answer: Exclude<FromModelThread[number], PackedScores>): void {
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
    const { request } = asked;
    this.#sent.set(id, { ...asked, sentMs: performance.now() });
    if (request.kind === "score") this.#rows.push({ id, request });
    else this.#outgoing.push({ id, request });
    this.#flushTimer ??= setTimeout(() => this.#flush(), isRowRequest(request) ? gatherMs : 0);
    this.#watchTimer ??= setTimeout(() => this.#watch(), watchEveryMs);
  }

  #flush(): void {
    this.#flushTimer = null;
    const rows = packRows(this.#rows.splice(0));
    const message: ToModelThread = { rows, asked: this.#outgoing.splice(0) };
    this.#worker.postMessage(message, [rows.features.buffer as ArrayBuffer]);
  }

  // Where this loop itself was held up, an answer may be there and not have been looked at: it gets a turn before anybody is blamed.
  #watch(): void {
    this.#watchTimer = null;
    const late = this.#lateKind();
    if (late === null) this.#watchOn();
    else
      setImmediate(() => {
        const worker = this.#worker;
        if (this.#lateKind() !== null) this.#replace(worker, `no answer to "${late}" in ${this.#deadlines[late]} ms`, true);
        this.#watchOn();
      });
  }

  #watchOn(): void {
    if (this.#sent.size > 0 && !this.#isClosed) this.#watchTimer ??= setTimeout(() => this.#watch(), watchEveryMs);
  }

  #lateKind(): ModelRequest["kind"] | null {
    const nowMs = performance.now();
    for (const { request, sentMs } of this.#sent.values()) if (nowMs - sentMs > this.#deadlines[request.kind]) return request.kind;
    return null;
  }

  #take(id: number): Sent | undefined {
    const sent = this.#sent.get(id);
    if (sent === undefined) return undefined;
    this.#sent.delete(id);
    if (!goesAtOnce(sent.request)) {
      this.#isBusy = false;
      queueMicrotask(() => this.#serveNext());
    }
    return sent;
  }

  /** @param isTooLate it did not answer; otherwise it ended by itself */
  #replace(gone: Worker, why: string, isTooLate = false): void {
    if (gone !== this.#worker || this.#isClosed) return;
    gone.postMessage("end");
    this.#worker = this.#start();
    this.#outgoing = [];
    this.#rows = [];
    const nowMs = performance.now();
    for (const [id, { request, sentMs }] of [...this.#sent]) {
      const sent = this.#take(id);
      const isBlameless = !goesAtOnce(request) && isTooLate && nowMs - sentMs < blamelessMs;
      if (isBlameless && sent !== undefined) this.#queue.unshift(sent);
      else sent?.reject(agentFault("model_failed", why));
    }
    this.#onReplaced();
  }

  #failAll(why: string): void {
    for (const { reject } of this.#queue.splice(0)) reject(agentFault("model_failed", why));
    for (const id of [...this.#sent.keys()]) this.#take(id)?.reject(agentFault("model_failed", why));
  }
}
