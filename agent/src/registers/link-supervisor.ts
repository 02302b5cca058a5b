// Keeps one connection alive: opens it, waits for its end, opens the next one after a delay with backoff and jitter. Never two at a time.
import { messageOf } from "@millwright/kit/fault";
import { retrySchedule } from "@millwright/kit/retry-schedule";
import type { BusEvent } from "./bus-event.ts";
import { type Link, type LinkCounters, type LinkEnd, newLinkCounters, type OpenLink } from "./link.ts";
import type { BusRequest } from "./read-outcome.ts";

export type LinkSupervisor<Request extends BusRequest, Reply> = {
  /** The live connection, null while there is none. */
  readonly link: Link<Request, Reply> | null;
  /** Why there is none. */
  readonly trouble: string;
  /**
   * Waits for a connection that is being opened right now, at most `timeoutMs` of real time; null at once while none is. A patient caller
   * waits for the next try to open one, too.
   */
  linkWithin(timeoutMs: number, isPatient: boolean): Promise<Link<Request, Reply> | null>;
  health(): LinkCounters & { isConnected: boolean; connects: number };
  close(): Promise<void>;
};

const firstDelayMs = 100;
/** A device has to see the end of one connection before it is asked for the next: many have room for few. */
const leastDelayMs = 20;
/** Time-outs in a row after which a connection is given up; doubles while new connections bring no reply either. */
const fewestTimeouts = 3;
const mostTimeouts = 96;

/** Starts at once. */
export function superviseLink<Request extends BusRequest, Reply>({
  name,
  open,
  maxReconnectMs,
  onEvent,
}: {
  name: string;
  open: OpenLink<Request, Reply>;
  /** Longest real ms between two tries. */
  maxReconnectMs: number;
  onEvent: (event: BusEvent) => void;
}): LinkSupervisor<Request, Reply> {
  return new Supervisor(name, open, maxReconnectMs, onEvent);
}

class Supervisor<Request extends BusRequest, Reply> implements LinkSupervisor<Request, Reply> {
  link: Link<Request, Reply> | null = null;
  trouble = "not connected yet";
  readonly #name: string;
  readonly #open: OpenLink<Request, Reply>;
  readonly #maxReconnectMs: number;
  readonly #onEvent: (event: BusEvent) => void;
  readonly #counters = newLinkCounters();
  readonly #stop = new AbortController();
  readonly #life: Promise<void>;
  readonly #waiting = new Set<{ isPatient: boolean; tell: () => void }>();
  #isConnecting = false;
  #connects = 0;
  #closeAfterTimeouts = fewestTimeouts;

  constructor(name: string, open: OpenLink<Request, Reply>, maxReconnectMs: number, onEvent: (event: BusEvent) => void) {
    this.#name = name;
    this.#open = open;
    this.#maxReconnectMs = maxReconnectMs;
    this.#onEvent = onEvent;
    this.#life = this.#live();
  }

  linkWithin(timeoutMs: number, isPatient: boolean): Promise<Link<Request, Reply> | null> {
    if (this.link !== null || !(isPatient || this.#isConnecting)) return Promise.resolve(this.link);
    return new Promise((resolve) => {
      const tell = (): void => {
        clearTimeout(timer);
        this.#waiting.delete(waiter);
        resolve(this.link);
      };
      const timer = setTimeout(tell, timeoutMs);
      const waiter = { isPatient, tell };
      this.#waiting.add(waiter);
    });
  }

  health(): LinkCounters & { isConnected: boolean; connects: number } {
    return { ...this.#counters, isConnected: this.link !== null, connects: this.#connects };
  }

  async close(): Promise<void> {
    this.#stop.abort();
    this.link?.close();
    await this.#life;
    for (const { tell } of this.#waiting) tell();
  }

  async #live(): Promise<void> {
    let delays = this.#newDelays();
    while (!this.#stop.signal.aborted) {
      const end = await this.#liveOnce();
      if (this.#stop.signal.aborted) return;
      if (end !== null && (end.hadReply || end.kind === "timeouts")) delays = this.#newDelays();
      await pause(delays.next().value, this.#stop.signal);
    }
  }

  #newDelays(): Generator<number, never> {
    return retrySchedule({ firstMs: firstDelayMs, maxMs: this.#maxReconnectMs, minMs: leastDelayMs });
  }

  // One life; null where no connection came about.
  async #liveOnce(): Promise<LinkEnd | null> {
    this.#isConnecting = true;
    await this.#connect();
    this.#isConnecting = false;
    for (const { isPatient, tell } of this.#waiting) if (this.link !== null || !isPatient) tell();
    if (this.link === null) return null;
    const end = await this.link.ended;
    this.link = null;
    // A device that takes connections and drops each one is news once: every event is kept for the gateway.
    const isNews = end.hadReply || this.trouble !== end.detail;
    this.trouble = end.detail;
    this.#closeAfterTimeouts = end.hadReply ? fewestTimeouts : Math.min(this.#closeAfterTimeouts * 2, mostTimeouts);
    if (end.kind !== "closed" && isNews) this.#onEvent({ kind: "bus_disconnected", bus: this.#name, detail: end.detail });
    return end;
  }

  async #connect(): Promise<void> {
    try {
      const link = await this.#open({ counters: this.#counters, closeAfterTimeouts: this.#closeAfterTimeouts, signal: this.#stop.signal });
      if (this.#stop.signal.aborted) return link.close();
      this.link = link;
      this.#connects++;
      this.#onEvent({ kind: "bus_connected", bus: this.#name, detail: `connection ${this.#connects}` });
    } catch (error) {
      const isNews = this.trouble !== messageOf(error);
      this.trouble = messageOf(error);
      if (isNews) this.#onEvent({ kind: "bus_unreachable", bus: this.#name, detail: this.trouble });
    }
  }
}

// Resolves after `ms` of real time, or at once when the signal comes.
function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener("abort", done);
  });
}
