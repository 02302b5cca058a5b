// Calls to the outbox's thread, each settled by its reply, all rejected when the thread ends. What is asked in one turn of the loop goes together, and
// with it what had time.
import type { Worker } from "node:worker_threads";
import { Fault } from "@millwright/kit/fault";
import { agentFault } from "../faults.ts";
import type { OutboxNotice } from "./outbox.ts";
import type { FaultParts, Opened, WorkerReplies, WorkerReply, WorkerRequest, WorkerRequests } from "./outbox-protocol.ts";

type Call = { resolve: (value: never) => void; reject: (fault: Fault) => void };

export type WorkerCalls = {
  /** Resolves when the store is open. @throws Fault where it cannot be opened. */
  opened: Promise<Opened>;
  /** The job may grow until `on.sending`. @throws Fault outbox_stopped. */
  ask<T>(job: WorkerRequest["job"]): Promise<T>;
  /** The same, with the next call, or after so many real ms; 0: at once. */
  askWithin<T>(ms: number, job: WorkerRequest["job"]): Promise<T>;
  /** What was asked and waits goes at once. */
  hurry(): void;
  /** From now on every call rejects with this. @returns false where it had stopped before. */
  stop(fault: Fault): boolean;
};

/** @param on.stopped the thread ended though nobody stopped it, or its file is damaged. `on.sending`: what was asked so far goes now; what it returns goes over to the thread. */
export function workerCalls(
  worker: Worker,
  file: string,
  on: { notice: (notice: OutboxNotice) => void; stopped: (fault: Fault) => void; sending: () => ArrayBuffer[] },
): WorkerCalls {
  const calls = new Map<number, Call>();
  const { promise: opened, resolve: resolveOpened, reject: rejectOpened } = Promise.withResolvers<Opened>();
  opened.catch(() => {});
  let lastId = 0;
  let stopped: Fault | null = null;

  const take = (id: number): Call | undefined => {
    const call = calls.get(id);
    calls.delete(id);
    return call;
  };
  const stop = (fault: Fault): boolean => {
    if (stopped !== null) return false;
    stopped = fault;
    rejectOpened(fault);
    for (const id of [...calls.keys()]) take(id)?.reject(fault);
    return true;
  };
  const lose = (fault: Fault): void => {
    if (stop(fault)) on.stopped(fault);
  };
  const end = (detail: string): void => lose(agentFault("outbox_stopped", `${file}: ${detail}`));
  // A damaged file is only moved aside when it is opened: until then nothing can become durable.
  const failed = (id: number, fault: Fault): void => {
    take(id)?.reject(fault);
    if (fault.code === "outbox_damaged") lose(fault);
  };
  worker.on("error", (error) => end(String(error)));
  worker.on("exit", (code) => end(`its thread ended with code ${code}`));
  const takeReply = (message: WorkerReply): void => {
    if ("opened" in message) resolveOpened(message.opened);
    else if ("refused" in message) stop(faultOf(message.refused));
    else if ("notice" in message) on.notice(message);
    else if ("fault" in message) failed(message.id, faultOf(message.fault));
    else take(message.id)?.resolve(message.value as never);
  };
  worker.on("message", (replies: WorkerReplies) => {
    for (const reply of replies) takeReply(reply);
  });
  let asked: WorkerRequests = [];
  let goesSoon = false;
  let goesLater: NodeJS.Timeout | undefined;
  const send = (): void => {
    const lent = on.sending();
    clearTimeout(goesLater);
    [goesSoon, goesLater] = [false, undefined];
    worker.postMessage(asked, lent);
    asked = [];
  };
  const sendSoon = (): void => {
    if (!goesSoon) setImmediate(send);
    goesSoon = true;
  };
  const add = <T>(job: WorkerRequest["job"], arrange: () => void): Promise<T> => {
    if (stopped !== null) return Promise.reject(stopped);
    arrange();
    const id = ++lastId;
    return new Promise<T>((resolve, reject) => {
      calls.set(id, { resolve, reject });
      asked.push({ id, job });
    });
  };

  const askWithin = <T>(ms: number, job: WorkerRequest["job"]): Promise<T> =>
    add(job, () => {
      if (ms === 0) sendSoon();
      else if (!goesSoon) goesLater ??= setTimeout(send, ms);
    });

  return {
    opened,
    stop,
    ask: (job) => askWithin(0, job),
    askWithin,
    hurry() {
      if (asked.length > 0) sendSoon();
    },
  };
}

const faultOf = ({ code, kind, detail }: FaultParts): Fault => new Fault(code, kind, detail);
