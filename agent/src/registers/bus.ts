// The one owner of a bus: a bounded queue, a deadline for every request, retries within the cycle, a breaker per unit, and never more requests
// in flight than the bus and each device in question allow.
// In: read requests from any number of readers. Out: for each, a reply or a named failure; it always settles, also when every device is absent.
import { performance } from "node:perf_hooks";
import type { BusEvent } from "./bus-event.ts";
import type { Link, LinkCounters, OpenLink } from "./link.ts";
import { type LinkSupervisor, superviseLink } from "./link-supervisor.ts";
import { type BusRequest, type Outcome, readFailure } from "./read-outcome.ts";
import { RoundTrips, roundTripMs } from "./round-trips.ts";
import { type BreakerRules, type BreakerState, breakerAdmits, breakerNew, breakerProbing, breakerStep, breakerUp } from "./unit-breaker.ts";

export type BusOptions<Request extends BusRequest, Reply> = {
  readonly name: string;
  readonly open: OpenLink<Request, Reply>;
  /** Real ms one try may take. */
  readonly timeoutMs: number;
  /** Further tries within the same cycle: after a time-out, a reply that was none, a lost connection, and where the device says it is busy. */
  readonly retries: number;
  /** Most requests in flight, whatever a device allows: 1 (default) on a line. */
  readonly maxInFlight?: number;
  /** Requests that may wait. The policy when it is full: the newest is refused, so that what was promised earlier is kept. */
  readonly queueLimit?: number;
  /** Longest real ms between two tries to connect. */
  readonly maxReconnectMs?: number;
  readonly onEvent?: (event: BusEvent) => void;
};

/** What a device can take. */
export type Pace = {
  /** Requests in flight at once. */
  readonly pipeline: number;
  /** Least real ms between the end of one request to this unit and the next. */
  readonly pauseMs: number;
};

export type BusHealth = LinkCounters & {
  readonly isConnected: boolean;
  /** Connections made so far; the first is one of them. */
  readonly connects: number;
  /** Requests refused because the queue was full. */
  readonly refused: number;
  readonly waiting: number;
  readonly unitsDown: readonly BusRequest["unit"][];
  /** From sending a request to its reply, real ms, since the start; null while there was none. */
  readonly roundTripMs: { readonly p50: number | null; readonly p99: number | null };
  /** Replies by how long they took, to tell the figures of any span (round-trips.ts). */
  readonly roundTrips: Float64Array;
};

type Unit = { readonly name: BusRequest["unit"]; breaker: BreakerState; readyAtMs: number };
type Job<Request, Reply> = {
  readonly request: Request;
  readonly pace: Pace;
  readonly unit: Unit;
  readonly settle: (outcome: Outcome<Reply>) => void;
  triesLeft: number;
  /** Real time before which it is not sent; the device was busy. */
  notBeforeMs: number;
};

const plainPace: Pace = { pipeline: 1, pauseMs: 0 };
const failuresToOpen = 3;
/** A unit that is down may cost the others 2 % of the bus at most; its probes take this share, the rest is for finding out that it is down. */
const probeShare = 0.015;
/** Holds for time-outs so long that a unit would hardly be probed at all. */
const maxProbeEveryMs = 300_000;
/** Real ms given to a device that says it is busy; others are read meanwhile. */
const busyPauseMs = 50;
const [acknowledge, busy] = [5, 6];

export class Bus<Request extends BusRequest, Reply> {
  readonly name: string;
  readonly #options: BusOptions<Request, Reply>;
  readonly #links: LinkSupervisor<Request, Reply>;
  readonly #queue: Job<Request, Reply>[] = [];
  readonly #units = new Map<BusRequest["unit"], Unit>();
  readonly #roundTrips = new RoundTrips();
  #inFlight = 0;
  /** The least that any request in flight allows. */
  #allowed = Number.POSITIVE_INFINITY;
  #wake: NodeJS.Timeout | undefined;
  #isClosed = false;
  #refused = 0;

  /** Starts connecting at once, and goes on trying for ever. */
  constructor(options: BusOptions<Request, Reply>) {
    this.name = options.name;
    this.#options = options;
    const { name, open, maxReconnectMs = 5_000 } = options;
    this.#links = superviseLink({ name, open, maxReconnectMs, onEvent: (event) => options.onEvent?.(event) });
  }

  /** One read. Never rejects. Takes at most timeout × (1 + retries) of real time once its turn has come, and a pause where the device is busy. */
  read(request: Request, pace: Pace = plainPace): Promise<Outcome<Reply>> {
    if (this.#isClosed) return Promise.resolve(this.#closedFailure());
    const limit = this.#options.queueLimit ?? 256;
    if (this.#queue.length >= limit) {
      this.#refused++;
      return Promise.resolve(readFailure("bus_queue_full", `bus ${this.name}: ${limit} requests are waiting already`));
    }
    return new Promise((settle) => {
      const triesLeft = 1 + this.#options.retries;
      this.#take({ request, pace, unit: this.#unit(request.unit), settle, triesLeft, notBeforeMs: 0 });
    });
  }

  health(): BusHealth {
    const unitsDown = [...this.#units.values()].filter(({ breaker }) => breaker.probeAtMs !== null).map(({ name }) => name);
    const roundTrips = this.#roundTrips.counts();
    return {
      ...this.#links.health(),
      refused: this.#refused,
      waiting: this.#queue.length,
      unitsDown,
      roundTripMs: {
        get p50() {
          return roundTripMs(roundTrips, 0.5);
        },
        get p99() {
          return roundTripMs(roundTrips, 0.99);
        },
      },
      roundTrips,
    };
  }

  /** Ends in order: what waits or is in flight settles as `bus_closed` or `bus_connection_lost`, the socket is gone. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#wake);
    for (const job of this.#queue.splice(0)) job.settle(this.#closedFailure());
    await this.#links.close();
  }

  // Where nobody waits it goes without a turn in the queue.
  #take(job: Job<Request, Reply>): void {
    const nowMs = performance.now();
    const allowed = this.#allowedWith(job);
    if (this.#queue.length === 0 && job.unit.readyAtMs <= nowMs && this.#inFlight < allowed) {
      this.#start(job, allowed, nowMs);
    } else {
      this.#queue.push(job);
      this.#pump();
    }
  }

  // Sends what may be sent now. The order is kept, except that nobody waits for a unit that needs a pause.
  #pump(): void {
    if (this.#queue.length === 0) return;
    const nowMs = performance.now();
    let wakeAtMs = Number.POSITIVE_INFINITY;
    for (let i = 0; i < this.#queue.length; ) {
      const job = this.#queue[i] as Job<Request, Reply>;
      const readyAtMs = Math.max(job.unit.readyAtMs, job.notBeforeMs);
      if (readyAtMs > nowMs) {
        wakeAtMs = Math.min(wakeAtMs, readyAtMs);
        i++;
        continue;
      }
      const allowed = this.#allowedWith(job);
      if (this.#inFlight >= allowed) return;
      if (i === 0) this.#queue.shift();
      else this.#queue.splice(i, 1);
      this.#start(job, allowed, nowMs);
    }
    if (wakeAtMs === Number.POSITIVE_INFINITY) return;
    clearTimeout(this.#wake);
    this.#wake = setTimeout(() => this.#pump(), Math.max(1, Math.ceil(wakeAtMs - nowMs)));
  }

  // Requests in flight, this one included.
  #allowedWith({ pace }: Job<Request, Reply>): number {
    return Math.min(this.#allowed, this.#allowedBy(pace));
  }

  #start(job: Job<Request, Reply>, allowed: number, nowMs: number): void {
    if (!this.#isAdmitted(job, nowMs)) return;
    this.#inFlight++;
    this.#allowed = allowed;
    this.#try(job, false);
  }

  #allowedBy({ pipeline, pauseMs }: Pace): number {
    return pauseMs > 0 ? 1 : Math.min(pipeline, this.#options.maxInFlight ?? 1);
  }

  #isAdmitted(job: Job<Request, Reply>, nowMs: number): boolean {
    const { unit } = job;
    const admission = breakerAdmits(unit.breaker, nowMs);
    if (admission === "refuse") job.settle(readFailure("bus_unit_down", `unit ${unit.name} does not answer; it is tried again soon`));
    if (admission !== "probe") return admission === "ask";
    if (unit.breaker.probeAtMs !== null) unit.breaker = breakerProbing(unit.breaker, nowMs, this.#rules());
    job.triesLeft = 1;
    return true;
  }

  #try(job: Job<Request, Reply>, isPatient: boolean): void {
    job.triesLeft--;
    const { link } = this.#links;
    if (this.#isClosed) this.#done(job, this.#closedFailure());
    else if (link !== null) this.#ask(link, job, this.#options.timeoutMs);
    else void this.#askWhenConnected(job, isPatient);
  }

  async #askWhenConnected(job: Job<Request, Reply>, isPatient: boolean): Promise<void> {
    const { timeoutMs } = this.#options;
    const startMs = performance.now();
    const link = await this.#links.linkWithin(timeoutMs, isPatient);
    if (this.#isClosed) this.#done(job, this.#closedFailure());
    else if (link === null) this.#done(job, readFailure("bus_unreachable", `bus ${this.name}: ${this.#links.trouble}`));
    else this.#ask(link, job, Math.max(1, timeoutMs - (performance.now() - startMs)));
  }

  #ask(link: Link<Request, Reply>, job: Job<Request, Reply>, timeoutMs: number): void {
    const sentMs = performance.now();
    const settle = (outcome: Outcome<Reply>): void => this.#answered(job, outcome, sentMs);
    if (link.ask === undefined) void link.read(job.request, timeoutMs).then(settle);
    else link.ask(job.request, timeoutMs, settle);
  }

  #answered(job: Job<Request, Reply>, outcome: Outcome<Reply>, sentMs: number): void {
    if (outcome.ok || outcome.exception !== undefined) this.#roundTrips.add(performance.now() - sentMs);
    if (outcome.ok || job.triesLeft === 0 || this.#isClosed) this.#done(job, outcome);
    else this.#tryAgain(job, outcome);
  }

  #tryAgain(job: Job<Request, Reply>, outcome: Outcome<Reply> & { ok: false }): void {
    const { code, exception } = outcome;
    if (exception === acknowledge || exception === busy) {
      job.notBeforeMs = performance.now() + busyPauseMs;
      this.#release(job);
      this.#queue.unshift(job);
      this.#pump();
    } else if (code === "bus_timeout" || code === "bus_malformed_reply" || code === "bus_connection_lost") {
      // A link that is ending has ended by the next turn of the event loop.
      setImmediate(() => this.#try(job, true));
    } else {
      this.#done(job, outcome);
    }
  }

  #done(job: Job<Request, Reply>, outcome: Outcome<Reply>): void {
    const isAnswered = answered(outcome);
    if (isAnswered !== null) this.#remember(job.unit, isAnswered, outcome);
    this.#release(job);
    job.settle(outcome);
    this.#pump();
  }

  #release({ unit, pace }: Job<Request, Reply>): void {
    if (--this.#inFlight === 0) this.#allowed = Number.POSITIVE_INFINITY;
    if (pace.pauseMs > 0) unit.readyAtMs = performance.now() + pace.pauseMs;
  }

  #remember(unit: Unit, isAnswered: boolean, outcome: Outcome<Reply>): void {
    const before = unit.breaker;
    if (isAnswered && before === breakerUp) return;
    unit.breaker = breakerStep(before, isAnswered, performance.now(), this.#rules());
    if ((before.probeAtMs === null) === (unit.breaker.probeAtMs === null)) return;
    const detail = outcome.ok ? "answers again" : outcome.detail;
    this.#options.onEvent?.({ kind: unit.breaker.probeAtMs === null ? "unit_up" : "unit_down", bus: this.name, unit: unit.name, detail });
  }

  // Nobody waits for a bus with a single unit: it is asked always.
  #rules(): BreakerRules {
    const { timeoutMs } = this.#options;
    const costMs = timeoutMs + (this.#links.link?.drainMs?.(timeoutMs) ?? 0);
    const probeEveryMs = this.#units.size > 1 ? Math.min(costMs / probeShare, maxProbeEveryMs) : 0;
    return { failuresToOpen, probeEveryMs };
  }

  #unit(name: BusRequest["unit"]): Unit {
    const known = this.#units.get(name);
    if (known !== undefined) return known;
    const unit = { name, breaker: breakerNew, readyAtMs: 0 };
    this.#units.set(name, unit);
    return unit;
  }

  #closedFailure(): Outcome<Reply> {
    return readFailure("bus_closed", `bus ${this.name} is closed`);
  }
}

// Did this unit answer? null where the bus, not the unit, is the trouble. Exceptions 10 and 11 come from a converter in place of a silent unit.
function answered(outcome: Outcome<unknown>): boolean | null {
  if (outcome.ok) return true;
  if (outcome.code === "bus_timeout") return false;
  if (outcome.code === "bus_exception") return outcome.exception !== 10 && outcome.exception !== 11;
  return null;
}
