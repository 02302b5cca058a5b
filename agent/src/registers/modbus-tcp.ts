// Modbus TCP over one socket: requests in, checked replies or named failures out, several in flight where the caller sends several.
// A reply counts only if transaction, protocol, unit, function and byte count match; one that comes after its deadline is recognised by its
// transaction, rejected and counted; anything else closes the socket.
import type { Socket } from "node:net";
import { performance } from "node:perf_hooks";
import { deadlineSet, type Expiring, forgetDeadlines, keepDeadlines } from "./deadlines.ts";
import { InFlight } from "./in-flight.ts";
import type { Link, LinkCounters, LinkEnd, LinkOptions, OpenLink } from "./link.ts";
import { frameLength, type Reply, replyAt, requestBytes, transactionAt, writeRequest } from "./modbus-frame.ts";
import { openSocket } from "./open-socket.ts";
import { type ReadOutcome, type ReadRequest, readFailure } from "./read-outcome.ts";

/** Transactions we gave up on and still recognise; an older one is treated as a stranger, which closes the socket. */
const maxOwed = 2_048;

/** Step from one transaction to the next: any two of 32 in a row differ in 5 bits or more, so that no flipped bit makes one of another. */
const transactionStep = 885;

/** The transport of one Modbus TCP endpoint. `connectTimeoutMs` is real time. */
export function modbusTcp({
  host,
  port,
  connectTimeoutMs = 3_000,
}: {
  host: string;
  port: number;
  connectTimeoutMs?: number;
}): OpenLink<ReadRequest, Uint16Array> {
  return async (options) => {
    let link: ModbusTcpLink | null = null;
    const onBytes = (bytes: Buffer, end: number): void => link?.take(bytes, end);
    const socket = await openSocket({ host, port, connectTimeoutMs, signal: options.signal, onBytes });
    link = new ModbusTcpLink(socket, options);
    return link;
  };
}

type Pending = {
  readonly transaction: number;
  readonly request: ReadRequest;
  readonly timeoutMs: number;
  readonly deadlineMs: number;
  readonly settle: (outcome: ReadOutcome) => void;
};

type Answer = { readonly pending: Pending; readonly reply: Exclude<Reply, { kind: "mismatch" }> };

class ModbusTcpLink implements Link<ReadRequest, Uint16Array>, Expiring {
  /** As Expiring has it: not later than the earliest deadline in flight. */
  dueMs = Number.POSITIVE_INFINITY;
  readonly ended: Promise<LinkEnd>;
  readonly #end: (end: LinkEnd) => void;
  readonly #socket: Socket;
  readonly #counters: LinkCounters;
  readonly #closeAfterTimeouts: number;
  readonly #pending = new InFlight<Pending>();
  readonly #owed = new Set<number>();
  #unsent: Pending[] = [];
  #transaction = Math.floor(Math.random() * 65_536);
  #rest: Buffer | null = null;
  #isOpen = true;
  #hadReply = false;
  #timeoutsInARow = 0;

  constructor(socket: Socket, { counters, closeAfterTimeouts }: LinkOptions) {
    const { promise, resolve } = Promise.withResolvers<LinkEnd>();
    this.ended = promise;
    this.#end = resolve;
    this.#socket = socket;
    this.#counters = counters;
    this.#closeAfterTimeouts = closeAfterTimeouts;
    keepDeadlines(this);
    socket.on("error", (error) => this.#finish("peer", `the connection broke: ${error.message}`));
    socket.on("close", () => this.#finish("peer", "the device closed the connection"));
    socket.on("end", () => this.#finish("peer", "the device closed the connection"));
    if (socket.destroyed) this.#finish("peer", "the device closed the connection at once");
  }

  read(request: ReadRequest, timeoutMs: number): Promise<ReadOutcome> {
    return new Promise((settle) => this.ask(request, timeoutMs, settle));
  }

  // What was asked for is handed on at once when it comes; a failure when all that ends with it is over.
  ask(request: ReadRequest, timeoutMs: number, settle: (outcome: ReadOutcome) => void): void {
    if (!this.#isOpen) {
      settleLater(settle, readFailure("bus_connection_lost", "the connection is closed"));
      return;
    }
    this.#counters.requests++;
    const deadlineMs = performance.now() + timeoutMs;
    const pending = { transaction: this.#nextTransaction(), request, timeoutMs, deadlineMs, settle };
    this.#pending.add(pending);
    this.#expectBy(deadlineMs);
    this.#send(pending);
  }

  close(): void {
    this.#finish("closed", "closed by the agent");
  }

  /** Takes received bytes: [0, end) of a buffer that is the socket's. */
  take(bytes: Buffer, end: number): void {
    if (!this.#isOpen) return;
    if (this.#rest === null) {
      this.#judge(bytes, end);
    } else {
      const whole = Buffer.concat([this.#rest, bytes.subarray(0, end)]);
      this.#rest = null;
      this.#judge(whole, whole.length);
    }
  }

  // What came is judged as a whole before any of it is believed. No view of the bytes is made: one is dear beside all the rest of a reply.
  #judge(bytes: Buffer, end: number): void {
    if (frameLength(bytes, 0, end) === end) this.#takeOne(bytes);
    else this.#takeSome(bytes, end);
  }

  #takeSome(bytes: Buffer, end: number): void {
    const answers: Answer[] = [];
    const restAt = this.#findAnswers(bytes, end, answers);
    if (typeof restAt === "string") {
      this.#malformed(restAt);
    } else if (restAt < end && this.#isTooMuch(answers.length)) {
      this.#malformed("more bytes than were asked for");
    } else {
      if (restAt < end) this.#rest = Buffer.from(bytes.subarray(restAt, end));
      for (const answer of answers) this.#settle(answer);
    }
  }

  // One whole frame, as nearly always.
  #takeOne(bytes: Buffer): void {
    const answer = this.#answerAt(bytes, 0);
    if (typeof answer === "string") this.#malformed(answer);
    else if (answer !== null) this.#settle(answer);
  }

  // A piece of a frame behind the last reply that anybody waits for: that reply may be half of one and half of another. Where it was the begin of a
  // late reply after all, the connection is opened anew for nothing.
  #isTooMuch(answers: number): boolean {
    return this.#pending.size === answers && (answers > 0 || this.#owed.size === 0);
  }

  // A request alone goes out at once; those of the same moment go together in one write.
  #send(pending: Pending): void {
    if (this.#pending.size === 1) this.#write([pending]);
    else if (this.#unsent.push(pending) === 1) process.nextTick(() => this.#write(this.#unsent.splice(0)));
  }

  #write(requests: readonly Pending[]): void {
    if (!this.#isOpen) return;
    const bytes = Buffer.allocUnsafe(requestBytes * requests.length);
    let at = 0;
    for (const { transaction, request } of requests) {
      writeRequest(bytes, at, transaction, request);
      at += requestBytes;
    }
    this.#socket.write(bytes);
  }

  // @returns where a frame begins that is not whole yet (`end`: none does), or what is wrong with one, if anything is.
  #findAnswers(bytes: Buffer, end: number, answers: Answer[]): number | string {
    let at = 0;
    while (at < end) {
      const length = frameLength(bytes, at, end);
      if (length === 0) break;
      const answer = typeof length === "string" ? length : this.#answerAt(bytes, at);
      if (typeof answer === "string") return answer;
      if (answer !== null) {
        if (answers.some(({ pending }) => pending === answer.pending)) return unasked(answer.pending.transaction);
        answers.push(answer);
      }
      at += length as number;
    }
    return at;
  }

  // @returns null where it came too late, or what is wrong with it, if anything is.
  #answerAt(bytes: Buffer, at: number): Answer | string | null {
    const transaction = transactionAt(bytes, at);
    const pending = this.#pending.get(transaction);
    if (pending !== null) {
      const reply = replyAt(bytes, at, pending.request);
      return reply.kind === "mismatch" ? reply.why : { pending, reply };
    }
    if (!this.#owed.delete(transaction)) return unasked(transaction);
    this.#counters.lateRejected++;
    return null;
  }

  #settle({ pending: { transaction, request, settle }, reply }: Answer): void {
    // Whoever took an answer before it may have closed the connection.
    if (!this.#pending.delete(transaction)) return;
    this.#hadReply = true;
    this.#timeoutsInARow = 0;
    if (this.#pending.size === 0) this.dueMs = Number.POSITIVE_INFINITY;
    if (reply.kind === "registers") {
      this.#counters.good++;
      settle({ ok: true, reply: reply.registers });
    } else {
      this.#counters.exceptions++;
      settleLater(settle, readFailure("bus_exception", `${describe(request)}: exception ${reply.exception}`, reply.exception));
    }
  }

  #expectBy(deadlineMs: number): void {
    if (deadlineMs >= this.dueMs) return;
    this.dueMs = deadlineMs;
    deadlineSet(this);
  }

  /** Gives up what is due. There may be nothing: where several are in flight, a reply does not move `dueMs`. */
  expire(nowMs: number): void {
    this.dueMs = Number.POSITIVE_INFINITY;
    let isAnyDue = false;
    for (const pending of this.#pending.all()) {
      if (pending.deadlineMs > nowMs) {
        this.#expectBy(pending.deadlineMs);
      } else {
        isAnyDue = true;
        this.#giveUp(pending);
      }
    }
    if (!isAnyDue) return;
    this.#timeoutsInARow++;
    if (this.#rest !== null) this.#finish("malformed", "half a reply came, and no more");
    else if (this.#timeoutsInARow >= this.#closeAfterTimeouts) this.#finish("timeouts", `${this.#timeoutsInARow} time-outs in a row`);
  }

  #giveUp({ transaction, request, timeoutMs, settle }: Pending): void {
    this.#counters.timeouts++;
    this.#pending.delete(transaction);
    this.#owed.add(transaction);
    if (this.#owed.size > maxOwed) this.#owed.delete(this.#owed.values().next().value as number);
    settleLater(settle, readFailure("bus_timeout", `${describe(request)}: no answer within ${timeoutMs} ms`));
  }

  // One reply was wrong, and where the next one begins is not known: all that is in flight is lost with it.
  #malformed(why: string): void {
    this.#counters.malformed++;
    this.#failAll("bus_malformed_reply", why);
    this.#finish("malformed", why);
  }

  #finish(kind: LinkEnd["kind"], detail: string): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#rest = null;
    forgetDeadlines(this);
    this.#socket.destroy();
    this.#failAll("bus_connection_lost", detail);
    this.#end({ kind, detail, hadReply: this.#hadReply });
  }

  #failAll(code: "bus_malformed_reply" | "bus_connection_lost", why: string): void {
    for (const { request, settle } of this.#pending.all()) settleLater(settle, readFailure(code, `${describe(request)}: ${why}`));
    this.#pending.clear();
  }

  // Never the number of a request whose reply may still come.
  #nextTransaction(): number {
    do this.#transaction = (this.#transaction + transactionStep) & 0xffff;
    while (this.#owed.has(this.#transaction) || this.#pending.get(this.#transaction) !== null);
    return this.#transaction;
  }
}

const unasked = (transaction: number): string => `transaction ${transaction} was never asked for`;
const settleLater = (settle: (outcome: ReadOutcome) => void, failure: ReadOutcome): void => queueMicrotask(() => settle(failure));

const describe = ({ unit, table, address, count }: ReadRequest): string => `unit ${unit}, ${count} ${table} registers from ${address}`;
