// Lines of text on a serial line: asked for, or sent by the device itself. A late answer is never taken for the answer to the next request: after a
// time-out nothing is sent until the line has been quiet for longer than an answer was ever late. What a device sends by itself carries its age.
import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { counted } from "@millwright/kit/counted";
import type { ByteStream, OpenStream } from "./byte-stream.ts";
import { LineFramer } from "./line-framer.ts";
import type { Link, LinkCounters, LinkEnd, LinkOptions, OpenLink } from "./link.ts";
import { type BusRequest, type Outcome, readFailure } from "./read-outcome.ts";
import type { JudgedLine } from "./text-values.ts";

export type TextRequest = BusRequest & {
  readonly lineEnd: string;
  readonly maxBytes: number;
  /** Which lines are meant, and whether they are whole. */
  readonly judge: (line: string) => JudgedLine;
  /** What is sent to get a line, Latin-1; null where the device sends by itself. */
  readonly send: string | null;
  /** A line that the device sent by itself counts so long (real ms); an older one is waited for anew. */
  readonly maxAgeMs: number;
};

export type TextReply = {
  readonly text: string;
  /** Real ms since the line was whole. */
  readonly ageMs: number;
};

/** The transport of one serial line. @param openStream opens the port. */
export function serialText(openStream: OpenStream): OpenLink<TextRequest, TextReply> {
  return async (options) => new SerialTextLink(await openStream(options.signal), options);
}

type Listener = { readonly framer: LineFramer; readonly request: TextRequest };
/** What a device sends by itself, for one template; `onLine` where a read waits for it. */
type Stream = Listener & { newest: { text: string; atMs: number } | null; onLine: (() => void) | null };
/** The last request; it stays after its deadline, to recognise late answers. */
type Exchange = Listener & { readonly sentMs: number; onLine: ((text: string) => void) | null; isSpoiled: boolean };

/** What came so far. */
type Heard = { readonly bytes: number; readonly badSums: number };

/** After a time-out the line must be quiet for so many times the request's timeout, or twice the latest answer so far; real ms at least and at most. */
const drainTimeouts = 2.5;
const [shortestDrainMs, longestDrainMs] = [50, 60_000];
/** Silence after an answer, which may have more lines than the one that was meant. Real ms. */
const gapMs = 20;

class SerialTextLink implements Link<TextRequest, TextReply> {
  readonly ended: Promise<LinkEnd>;
  readonly #end: (end: LinkEnd) => void;
  readonly #port: ByteStream;
  readonly #counters: LinkCounters;
  /** One a template that is read on this line. */
  readonly #streams = new Map<BusRequest["unit"], Stream>();
  readonly #closing = new AbortController();
  #exchange: Exchange | null = null;
  /** Answers that were not heard yet; at first it may be one of a life before. */
  #owed = 1;
  /** The latest answer so far, real ms after its request. */
  #slowestMs = 0;
  #lastByteMs = performance.now();
  #bytes = 0;
  #isReading = false;
  #hadReply = false;

  constructor(port: ByteStream, { counters }: LinkOptions) {
    const { promise, resolve } = Promise.withResolvers<LinkEnd>();
    this.ended = promise;
    this.#end = resolve;
    this.#port = port;
    this.#counters = counters;
    port.listen({ onBytes: (chunk) => this.#take(chunk), onEnd: (detail) => this.#finish("peer", detail) });
  }

  drainMs(timeoutMs: number): number {
    return Math.min(Math.max(shortestDrainMs, drainTimeouts * timeoutMs, 2 * this.#slowestMs), longestDrainMs);
  }

  async read(request: TextRequest, timeoutMs: number): Promise<Outcome<TextReply>> {
    if (this.#isReading) throw new Error("a link carries one request at a time");
    if (this.#closing.signal.aborted) return readFailure("bus_connection_lost", "the port is closed");
    this.#isReading = true;
    this.#counters.requests++;
    const outcome = request.send === null ? await this.#listen(request, timeoutMs) : await this.#ask(request, request.send, timeoutMs);
    this.#isReading = false;
    this.#count(outcome);
    return outcome;
  }

  close(): void {
    this.#finish("closed", "closed by the agent");
  }

  // The newest line where it is young enough, else the next one.
  async #listen(request: TextRequest, timeoutMs: number): Promise<Outcome<TextReply>> {
    const stream = this.#streams.get(request.unit) ?? this.#newStream(request);
    const heardBefore = this.#heard();
    const isYoung = (): boolean => stream.newest !== null && performance.now() - stream.newest.atMs <= request.maxAgeMs;
    if (!isYoung()) {
      await this.#within<void>(timeoutMs, (done) => {
        stream.onLine = done;
      });
    }
    stream.onLine = null;
    if (this.#closing.signal.aborted) return lost;
    if (stream.newest === null || !isYoung())
      return readFailure("bus_timeout", `${request.unit}: no line came by itself within ${timeoutMs} ms${this.#insteadOf(heardBefore)}`);
    return { ok: true, reply: { text: stream.newest.text, ageMs: performance.now() - stream.newest.atMs } };
  }

  #newStream(request: TextRequest): Stream {
    const stream: Stream = { framer: new LineFramer(request, "midway"), request, newest: null, onLine: null };
    this.#streams.set(request.unit, stream);
    return stream;
  }

  async #ask(request: TextRequest, send: string, timeoutMs: number): Promise<Outcome<TextReply>> {
    if (!(await this.#drained(timeoutMs)))
      return readFailure("bus_timeout", `${request.unit}: the line does not get quiet, so nothing was asked`);
    if (this.#closing.signal.aborted) return lost;
    const exchange: Exchange = {
      framer: new LineFramer(request, "fresh"),
      request,
      sentMs: performance.now(),
      onLine: null,
      isSpoiled: false,
    };
    this.#exchange = exchange;
    this.#owed++;
    const heardBefore = this.#heard();
    const text = await this.#within<string>(timeoutMs, (done) => {
      exchange.onLine = done;
      this.#port.write(Buffer.from(send, "latin1"));
    });
    exchange.onLine = null;
    if (text !== null) {
      this.#owed = 0;
      return { ok: true, reply: { text, ageMs: 0 } };
    }
    this.#lastByteMs = performance.now();
    if (this.#closing.signal.aborted) return lost;
    return exchange.isSpoiled
      ? readFailure("bus_malformed_reply", `${request.unit}: the answer was spoiled, and no whole one came within ${timeoutMs} ms`)
      : readFailure("bus_timeout", `${request.unit}: no answer within ${timeoutMs} ms${this.#insteadOf(heardBefore)}`);
  }

  #heard(): Heard {
    return { bytes: this.#bytes, badSums: this.#counters.crcErrors };
  }

  // A line with a wrong baud rate or checksum looks dead otherwise.
  #insteadOf(before: Heard): string {
    const { bytes, badSums } = this.#heard();
    if (badSums > before.badSums) return `; ${counted(badSums - before.badSums, "line")} came with a wrong checksum`;
    return bytes > before.bytes ? `; ${counted(bytes - before.bytes, "byte")} came that are none` : "";
  }

  // Waits until the line has been quiet for long enough, or it is clear that it never will be; then false.
  async #drained(timeoutMs: number): Promise<boolean> {
    const drainMs = this.drainMs(timeoutMs);
    const giveUpMs = performance.now() + 2 * drainMs;
    while (!this.#closing.signal.aborted) {
      const nowMs = performance.now();
      const leftMs = this.#lastByteMs + (this.#owed > 0 ? drainMs : gapMs) - nowMs;
      if (leftMs <= 0) break;
      if (nowMs > giveUpMs) return false;
      await sleep(Math.min(leftMs, gapMs), undefined, { signal: this.#closing.signal }).catch(() => {});
    }
    this.#owed = 0;
    return true;
  }

  #take(chunk: Buffer): void {
    this.#lastByteMs = performance.now();
    this.#bytes += chunk.length;
    for (const stream of this.#streams.values()) {
      for (const text of this.#linesFor(stream, chunk)) {
        stream.newest = { text, atMs: this.#lastByteMs };
        stream.onLine?.();
      }
    }
    const exchange = this.#exchange;
    if (exchange === null) return;
    for (const text of this.#linesFor(exchange, chunk, () => {
      exchange.isSpoiled = true;
    }))
      this.#answer(exchange, text);
  }

  #answer(exchange: Exchange, text: string): void {
    const { onLine } = exchange;
    if (onLine !== null) {
      exchange.onLine = null;
      onLine(text);
    } else if (this.#owed > 0) {
      this.#owed--;
      this.#counters.lateRejected++;
      this.#slowestMs = Math.max(this.#slowestMs, performance.now() - exchange.sentMs);
    }
  }

  // The whole lines that are for this listener; the others are left out, and counted where they were for it.
  #linesFor({ framer, request }: Listener, chunk: Buffer, onSpoiled?: () => void): string[] {
    const before = framer.tooLong;
    const judged = framer.push(chunk).map(request.judge);
    const malformed = framer.tooLong - before + judged.filter(({ kind }) => kind === "malformed").length;
    const badSums = judged.filter(({ kind }) => kind === "bad_checksum").length;
    this.#counters.malformed += malformed;
    this.#counters.crcErrors += badSums;
    if (malformed + badSums > 0) onSpoiled?.();
    return judged.flatMap((line) => (line.kind === "line" ? [line.text] : []));
  }

  // What `start` hands over, or null at the deadline and at the end of the link.
  async #within<T>(timeoutMs: number, start: (done: (value: T) => void) => void): Promise<T | null> {
    const { promise, resolve } = Promise.withResolvers<T | null>();
    const stop = (): void => resolve(null);
    const timer = setTimeout(stop, timeoutMs);
    this.#closing.signal.addEventListener("abort", stop);
    start(resolve);
    const value = await promise;
    clearTimeout(timer);
    this.#closing.signal.removeEventListener("abort", stop);
    return value;
  }

  // Time-outs do not end this life: a port that is there is not opened anew for a device that is off.
  #count(outcome: Outcome<TextReply>): void {
    if (outcome.ok) {
      this.#hadReply = true;
      this.#counters.good++;
    } else if (outcome.code === "bus_timeout") this.#counters.timeouts++;
  }

  #finish(kind: LinkEnd["kind"], detail: string): void {
    if (this.#closing.signal.aborted) return;
    this.#closing.abort();
    void this.#port.close().then(() => this.#end({ kind, detail, hadReply: this.#hadReply }));
  }
}

const lost = readFailure("bus_connection_lost", "the port closed while it was read");
