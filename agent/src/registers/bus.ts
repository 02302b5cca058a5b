// The one owner of a bus: one request in flight, a bounded queue, a deadline for every request, retries within the cycle, a breaker per unit.
// In: read requests from any number of readers. Out: for each, registers or a named failure; it always settles, also when every device is absent.
import { performance } from "node:perf_hooks";
import type { BusEvent } from "./bus-event.ts";
import type { LinkCounters, OpenLink } from "./link.ts";
import { type LinkSupervisor, superviseLink } from "./link-supervisor.ts";
import { type BusRequest, type Outcome, readFailure } from "./read-outcome.ts";
import { type BreakerState, breakerAdmits, breakerNew, breakerStep } from "./unit-breaker.ts";

export type BusOptions<Request extends BusRequest, Reply> = {
  readonly name: string;
  readonly open: OpenLink<Request, Reply>;
  /** Real ms one try may take. */
  readonly timeoutMs: number;
  /** Further tries after a time-out, within the same cycle. */
  readonly retries: number;
  /** Requests that may wait. The policy when it is full: the newest is refused, so that what was promised earlier is kept. */
  readonly queueLimit?: number;
  /** Longest real ms between two tries to connect. */
  readonly maxReconnectMs?: number;
  readonly onEvent?: (event: BusEvent) => void;
};

export type BusHealth = LinkCounters & {
  readonly isConnected: boolean;
  /** Connections made so far; the first is one of them. */
  readonly connects: number;
  /** Requests refused because the queue was full. */
  readonly refused: number;
  readonly waiting: number;
  readonly unitsDown: readonly BusRequest["unit"][];
};

type Job<Request, Reply> = { request: Request; settle: (outcome: Outcome<Reply>) => void };

const failuresToOpen = 3;
/** A unit that is down may cost the others 2 % of the bus at most; its probes take this share, the rest is for finding out that it is down. */
const probeShare = 0.015;
/** Holds for time-outs so long that a unit would hardly be probed at all. */
const maxProbeEveryMs = 300_000;

export class Bus<Request extends BusRequest, Reply> {
  readonly name: string;
  readonly #options: BusOptions<Request, Reply>;
  readonly #links: LinkSupervisor<Request, Reply>;
  readonly #queue: Job<Request, Reply>[] = [];
  readonly #units = new Map<BusRequest["unit"], BreakerState>();
  #isServing = false;
  #isClosed = false;
  #refused = 0;

  /** Starts connecting at once, and goes on trying for ever. */
  constructor(options: BusOptions<Request, Reply>) {
    this.name = options.name;
    this.#options = options;
    const { name, open, maxReconnectMs = 5_000 } = options;
    this.#links = superviseLink({ name, open, maxReconnectMs, onEvent: (event) => options.onEvent?.(event) });
  }

  /** One read. Never rejects. Takes at most timeout × (1 + retries) of real time once its turn has come. */
  read(request: Request): Promise<Outcome<Reply>> {
    if (this.#isClosed) return Promise.resolve(readFailure("bus_closed", `bus ${this.name} is closed`));
    const limit = this.#options.queueLimit ?? 256;
    if (this.#queue.length >= limit) {
      this.#refused++;
      return Promise.resolve(readFailure("bus_queue_full", `bus ${this.name}: ${limit} requests are waiting already`));
    }
    return new Promise((settle) => {
      this.#queue.push({ request, settle });
      if (!this.#isServing) void this.#serveAll();
    });
  }

  health(): BusHealth {
    const unitsDown = [...this.#units].filter(([, state]) => state.probeAtMs !== null).map(([unit]) => unit);
    return { ...this.#links.health(), refused: this.#refused, waiting: this.#queue.length, unitsDown };
  }

  /** Ends in order: what waits or is in flight settles as `bus_closed` or `bus_connection_lost`, the socket is gone. */
  async close(): Promise<void> {
    this.#isClosed = true;
    for (const job of this.#queue.splice(0)) job.settle(readFailure("bus_closed", `bus ${this.name} is closed`));
    await this.#links.close();
  }

  async #serveAll(): Promise<void> {
    this.#isServing = true;
    for (let job = this.#queue.shift(); job !== undefined; job = this.#queue.shift()) job.settle(await this.#serve(job.request));
    this.#isServing = false;
  }

  async #serve(request: Request): Promise<Outcome<Reply>> {
    const state = this.#units.get(request.unit) ?? breakerNew;
    const admission = breakerAdmits(state, performance.now());
    if (admission === "refuse") return readFailure("bus_unit_down", `unit ${request.unit} does not answer; it is tried again soon`);
    const outcome = await this.#try(request, admission === "probe" ? 1 : 1 + this.#options.retries);
    const isAnswered = answered(outcome);
    if (isAnswered !== null) this.#remember(request.unit, state, isAnswered, outcome);
    return outcome;
  }

  async #try(request: Request, tries: number): Promise<Outcome<Reply>> {
    const { timeoutMs } = this.#options;
    for (let left = tries - 1; ; left--) {
      const link = this.#links.link ?? (await this.#links.linkWithin(timeoutMs));
      if (link === null) return readFailure("bus_unreachable", `bus ${this.name}: ${this.#links.trouble}`);
      const outcome = await link.read(request, timeoutMs);
      if (outcome.ok || outcome.code !== "bus_timeout" || left === 0 || this.#isClosed) return outcome;
    }
  }

  #remember(unit: BusRequest["unit"], before: BreakerState, isAnswered: boolean, outcome: Outcome<Reply>): void {
    const { timeoutMs } = this.#options;
    const costMs = timeoutMs + (this.#links.link?.drainMs?.(timeoutMs) ?? 0);
    const probeEveryMs = this.#units.size > 1 ? Math.min(costMs / probeShare, maxProbeEveryMs) : 0;
    const after = breakerStep(before, isAnswered, performance.now(), { failuresToOpen, probeEveryMs });
    this.#units.set(unit, after);
    if ((before.probeAtMs === null) === (after.probeAtMs === null)) return;
    const detail = outcome.ok ? "answers again" : outcome.detail;
    this.#options.onEvent?.({ kind: after.probeAtMs === null ? "unit_up" : "unit_down", bus: this.name, unit, detail });
  }
}

// Did this unit answer? null where the bus, not the unit, is the trouble. Exceptions 10 and 11 come from a converter in place of a silent unit.
function answered(outcome: Outcome<unknown>): boolean | null {
  if (outcome.ok) return true;
  if (outcome.code === "bus_timeout") return false;
  if (outcome.code === "bus_exception") return outcome.exception !== 10 && outcome.exception !== 11;
  return null;
}
