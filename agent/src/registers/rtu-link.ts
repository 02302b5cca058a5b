// Modbus RTU over a stream of bytes: request in, checked reply or named failure out. After a time-out nothing is sent until the line is quiet, and a unit
// that still owes a reply is first read in another length: a late reply is recognised, rejected and counted, and never taken for an answer.
import { performance } from "node:perf_hooks";
import { counted } from "@millwright/kit/counted";
import type { ByteStream } from "./byte-stream.ts";
import type { Link, LinkCounters, LinkEnd, LinkOptions } from "./link.ts";
import { isOwed, type Owed, owe, owedAfter, owesNothing, resyncCount } from "./owed-replies.ts";
import { type ReadFailure, type ReadOutcome, type ReadRequest, readFailure } from "./read-outcome.ts";
import { RtuCodec } from "./rtu-codec.ts";
import { type Asked, maxReplyBytes, type RtuFrame, scanReply, shapeOf } from "./rtu-frame.ts";

export type RtuRules = {
  /** Real ms one character takes on the line. */
  readonly characterMs: number;
  /** Real ms of silence between two frames. */
  readonly frameGapMs: number;
  /** `off`: as modbus-serial does it alone, so that a storm can show what that costs. */
  readonly drain: "on" | "off";
  /** A connection that may be half open is given up after time-outs; a port that is there is not. */
  readonly onTimeouts: "close" | "stay";
  /** What each unit still owes; outlives a connection, as a late reply may. */
  readonly owed: Map<number, Owed>;
};

/** Nothing is sent for this many times the request's timeout after a time-out, and at least `shortestDrainMs`. */
const drainTimeouts = 2.5;
const shortestDrainMs = 50;
/** Silence after which the rest of a broken frame is over; some adapters hand on their bytes in portions 16 ms apart. */
const restOfFrameMs = 20;
/** A unit that owes much is given up for this read after so many tries to get back into step. */
const maxResyncs = 3;
const maxRestBytes = 2 * maxReplyBytes;

type Exchange = Asked & {
  readonly request: ReadRequest;
  readonly timer: NodeJS.Timeout;
  readonly settle: (outcome: ReadOutcome) => void;
  /** Whole replies that were no answer to it, and the unit of the last one. */
  rejected: number;
  rejectedUnit: number;
};

export class RtuLink implements Link<ReadRequest, Uint16Array> {
  readonly ended: Promise<LinkEnd>;
  readonly #end: (end: LinkEnd) => void;
  readonly #stream: ByteStream;
  readonly #rules: RtuRules;
  readonly #counters: LinkCounters;
  readonly #closeAfterTimeouts: number;
  readonly #codec = new RtuCodec();
  #exchange: Exchange | null = null;
  #isReading = false;
  #isOpen = true;
  #rest: Buffer = Buffer.alloc(0);
  #hadReply = false;
  #timeoutsInARow = 0;
  /** The line is free once it has been quiet for `#quietMs` since then. */
  #quietSinceMs = Number.NEGATIVE_INFINITY;
  #quietMs: number;
  #wake = (): void => {};

  constructor(stream: ByteStream, rules: RtuRules, { counters, closeAfterTimeouts }: LinkOptions) {
    const { promise, resolve } = Promise.withResolvers<LinkEnd>();
    this.ended = promise;
    this.#end = resolve;
    this.#stream = stream;
    this.#rules = rules;
    this.#counters = counters;
    this.#closeAfterTimeouts = rules.onTimeouts === "close" ? closeAfterTimeouts : Number.POSITIVE_INFINITY;
    this.#quietMs = rules.frameGapMs;
    stream.listen({ onBytes: (chunk) => this.#take(chunk), onEnd: (detail) => this.#finish("peer", detail) });
  }

  drainMs(timeoutMs: number): number {
    return this.#rules.drain === "on" ? Math.max(drainTimeouts * timeoutMs, shortestDrainMs) : 0;
  }

  async read(request: ReadRequest, timeoutMs: number): Promise<ReadOutcome> {
    if (this.#isReading) throw new Error("a link carries one request at a time");
    if (!this.#isOpen) return readFailure("bus_connection_lost", "the connection is closed");
    this.#isReading = true;
    this.#counters.requests++;
    await this.#lineIsFree();
    const outcome = (await this.#resync(request, timeoutMs)) ?? (await this.#ask(request, timeoutMs));
    this.#isReading = false;
    if (outcome.ok) this.#counters.good++;
    else if (outcome.code === "bus_exception") this.#counters.exceptions++;
    else if (outcome.code === "bus_timeout") this.#counters.timeouts++;
    return outcome;
  }

  close(): void {
    this.#finish("closed", "closed by the agent");
  }

  // Where the unit still owes a reply: reads few registers, in another length, until nothing is owed that could be taken for the reply to `request`.
  async #resync(request: ReadRequest, timeoutMs: number): Promise<ReadFailure | null> {
    const owed = (): Owed => this.#rules.owed.get(request.unit) ?? owesNothing;
    if (owed().length === 0) return null;
    for (let tries = 0; tries < maxResyncs; tries++) {
      const outcome = await this.#ask({ ...request, count: resyncCount(owed(), request) }, timeoutMs);
      if (!outcome.ok && outcome.code !== "bus_exception") return outcome;
      if (!isOwed(owed(), shapeOf(request))) return null;
    }
    return readFailure("bus_timeout", `${describe(request)}: the unit is behind with its replies`);
  }

  async #ask(request: ReadRequest, timeoutMs: number): Promise<ReadOutcome> {
    await this.#lineIsFree();
    if (!this.#isOpen) return readFailure("bus_connection_lost", `${describe(request)}: the connection is closed`);
    const sent = this.#codec.encode(request);
    return new Promise((settle) => {
      const timer = setTimeout(() => this.#giveUp(timeoutMs), timeoutMs);
      this.#exchange = { request, unit: request.unit, shape: shapeOf(request), sent, rejected: 0, rejectedUnit: 0, timer, settle };
      this.#rest = Buffer.alloc(0);
      this.#quietSinceMs = performance.now();
      this.#stream.write(sent);
    });
  }

  #take(chunk: Buffer): void {
    this.#quietSinceMs = performance.now();
    this.#rest = Buffer.concat([this.#rest, chunk]).subarray(-maxRestBytes);
    while (this.#isOpen) {
      const scan = scanReply(this.#rest, this.#exchange);
      if (scan.kind === "more") return;
      this.#rest = this.#rest.subarray(scan.end);
      if (scan.kind === "frame") this.#accept(scan.frame);
      else this.#damaged();
    }
  }

  #accept(frame: RtuFrame): void {
    const exchange = this.#exchange;
    const owed = this.#rules.owed.get(frame.unit) ?? owesNothing;
    if (exchange !== null && isReplyTo(frame, exchange)) {
      this.#remember(frame.unit, owedAfter(owe(owed, exchange.shape), frame.shape));
      this.#hadReply = true;
      this.#timeoutsInARow = 0;
      const outcome = this.#codec.decode(frame.bytes);
      this.#settle(outcome.ok ? outcome : { ...outcome, detail: `${describe(exchange.request)}: ${outcome.detail}` });
    } else if (frame.shape === null ? owed.length > 0 : isOwed(owed, frame.shape)) {
      this.#counters.lateRejected++;
      this.#remember(frame.unit, owedAfter(owed, frame.shape));
      this.#waitForQuiet(this.#rules.frameGapMs);
    } else {
      this.#counters.malformed++;
      if (exchange !== null) {
        exchange.rejected++;
        exchange.rejectedUnit = frame.unit;
      }
    }
  }

  #giveUp(timeoutMs: number): void {
    const exchange = this.#exchange as Exchange;
    const scan = scanReply(this.#rest, exchange);
    const isHalf = scan.kind === "more" && scan.isBegun;
    if (isHalf) this.#counters.malformed++;
    this.#failed(isHalf ? restOfFrameMs : this.drainMs(timeoutMs));
    const instead = isHalf ? "; half a reply came (is timeout long enough at this baud rate?)" : insteadOf(exchange, this.#rest);
    this.#settle(readFailure("bus_timeout", `${describe(exchange.request)}: no answer within ${timeoutMs} ms${instead}`));
    this.#timeoutsInARow++;
    if (this.#timeoutsInARow >= this.#closeAfterTimeouts) this.#finish("timeouts", `${this.#timeoutsInARow} time-outs in a row`);
  }

  #damaged(): void {
    const { request } = this.#exchange as Exchange;
    this.#counters.crcErrors++;
    this.#failed(restOfFrameMs);
    this.#settle(readFailure("bus_malformed_reply", `${describe(request)}: the checksum of the reply is wrong`));
  }

  // The exchange has no answer: whatever may still come of it must be gone before the next one.
  #failed(quietMs: number): void {
    const { unit, shape } = this.#exchange as Exchange;
    this.#remember(unit, owe(this.#rules.owed.get(unit) ?? owesNothing, shape));
    if (this.#rules.drain === "off") return;
    this.#quietSinceMs = performance.now();
    this.#waitForQuiet(Math.max(quietMs, this.#rules.frameGapMs));
  }

  #remember(unit: number, owed: Owed): void {
    if (owed.length === 0 || this.#rules.drain === "off") this.#rules.owed.delete(unit);
    else this.#rules.owed.set(unit, owed);
  }

  #waitForQuiet(quietMs: number): void {
    this.#quietMs = quietMs;
    this.#wake();
  }

  // Waits for the silence that is asked for, and not for ever where something chatters on the line.
  async #lineIsFree(): Promise<void> {
    const startedMs = performance.now();
    const limitMs = startedMs + 2 * this.#quietMs + maxReplyBytes * this.#rules.characterMs;
    while (this.#isOpen) {
      const nowMs = performance.now();
      const waitMs = Math.min(this.#quietSinceMs + this.#quietMs, limitMs) - nowMs;
      if (waitMs <= 0) break;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(() => this.#wake(), Math.ceil(waitMs));
        this.#wake = () => {
          clearTimeout(timer);
          this.#wake = () => {};
          resolve();
        };
      });
    }
    this.#quietMs = this.#rules.frameGapMs;
  }

  #finish(kind: LinkEnd["kind"], detail: string): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    if (this.#exchange !== null) {
      const { request } = this.#exchange;
      this.#failed(0);
      this.#settle(readFailure("bus_connection_lost", `${describe(request)}: ${detail}`));
    }
    this.#wake();
    void this.#stream.close().then(() => this.#end({ kind, detail, hadReply: this.#hadReply }));
  }

  #settle(outcome: ReadOutcome): void {
    const exchange = this.#exchange as Exchange;
    this.#exchange = null;
    clearTimeout(exchange.timer);
    exchange.settle(outcome);
  }
}

// Unit, function and byte count; an exception has no byte count.
function isReplyTo({ unit, shape, bytes }: RtuFrame, exchange: Exchange): boolean {
  if (unit !== exchange.unit) return false;
  return shape === null ? (bytes.readUInt8(1) & 0x7f) === exchange.shape >> 8 : shape === exchange.shape;
}

// What came in place of an answer, in words. Behind the bytes of our own echo the rest is noise.
function insteadOf({ rejected, rejectedUnit, sent }: Exchange, rest: Buffer): string {
  if (rejected > 0) return `; ${counted(rejected, "other reply", "other replies")} came, the last of unit ${rejectedUnit}`;
  const noise = rest.subarray(0, sent.length).equals(sent) ? rest.length - sent.length : rest.length;
  return noise > 0 ? `; ${counted(noise, "byte")} came that are none (are baud rate and parity right?)` : "";
}

const describe = ({ unit, table, address, count }: ReadRequest): string =>
  `unit ${unit}, ${counted(count, `${table} register`)} from ${address}`;
