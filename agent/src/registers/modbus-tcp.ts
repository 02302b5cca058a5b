// Modbus TCP over one socket: request in, checked reply or named failure out. A reply counts only if transaction, protocol, unit, function and
// byte count match; one that comes after its deadline is recognised by its transaction, rejected and counted; anything else closes the socket.
import type { Socket } from "node:net";
import type { Link, LinkCounters, LinkEnd, LinkOptions, OpenLink } from "./link.ts";
import { encodeRequest, nextFrame, readReply } from "./modbus-frame.ts";
import { openSocket } from "./open-socket.ts";
import { type ReadOutcome, type ReadRequest, readFailure } from "./read-outcome.ts";

/** Transactions we gave up on and still recognise; an older one is treated as a stranger, which closes the socket. */
const maxOverdue = 16;

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
  return async (options) => new ModbusTcpLink(await openSocket({ host, port, connectTimeoutMs, signal: options.signal }), options);
}

type Pending = { transaction: number; request: ReadRequest; timer: NodeJS.Timeout; settle: (outcome: ReadOutcome) => void };

class ModbusTcpLink implements Link<ReadRequest, Uint16Array> {
  readonly ended: Promise<LinkEnd>;
  readonly #end: (end: LinkEnd) => void;
  readonly #socket: Socket;
  readonly #counters: LinkCounters;
  readonly #closeAfterTimeouts: number;
  readonly #overdue = new Set<number>();
  #transaction = Math.floor(Math.random() * 65_536);
  #pending: Pending | null = null;
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
    socket.on("data", (chunk: Buffer) => this.#take(chunk));
    socket.on("error", (error) => this.#finish("peer", `the connection broke: ${error.message}`));
    socket.on("close", () => this.#finish("peer", "the device closed the connection"));
    socket.on("end", () => this.#finish("peer", "the device closed the connection"));
    if (socket.destroyed) this.#finish("peer", "the device closed the connection at once");
  }

  read(request: ReadRequest, timeoutMs: number): Promise<ReadOutcome> {
    if (this.#pending !== null) throw new Error("a link carries one request at a time");
    if (!this.#isOpen) return Promise.resolve(readFailure("bus_connection_lost", "the connection is closed"));
    const transaction = this.#nextTransaction();
    this.#counters.requests++;
    return new Promise((settle) => {
      this.#pending = { transaction, request, settle, timer: setTimeout(() => this.#giveUp(timeoutMs), timeoutMs) };
      this.#socket.write(encodeRequest(transaction, request));
    });
  }

  close(): void {
    this.#finish("closed", "closed by the agent");
  }

  #take(chunk: Buffer): void {
    let bytes = this.#rest === null ? chunk : Buffer.concat([this.#rest, chunk]);
    let why: string | null = null;
    while (why === null && this.#isOpen && bytes.length > 0) {
      const next = nextFrame(bytes);
      if (next.kind === "incomplete") break;
      if (next.kind === "frame") bytes = bytes.subarray(next.frame.length);
      why = next.kind === "broken" ? next.why : this.#accept(next.transaction, next.frame);
    }
    this.#rest = bytes.length === 0 ? null : bytes;
    if (why !== null) this.#malformed(why);
  }

  // Settles the request this frame answers. @returns what is wrong with it, if anything is.
  #accept(transaction: number, frame: Buffer): string | null {
    if (this.#overdue.delete(transaction)) {
      this.#counters.lateRejected++;
      return null;
    }
    const pending = this.#pending;
    if (pending === null || pending.transaction !== transaction) return `transaction ${transaction} was never asked for`;
    const reply = readReply(frame, pending.request);
    if (reply.kind === "mismatch") return reply.why;
    this.#hadReply = true;
    this.#timeoutsInARow = 0;
    if (reply.kind === "registers") {
      this.#counters.good++;
      this.#settle({ ok: true, reply: reply.registers });
    } else {
      this.#counters.exceptions++;
      this.#settle(readFailure("bus_exception", `${describe(pending.request)}: exception ${reply.exception}`, reply.exception));
    }
    return null;
  }

  #giveUp(timeoutMs: number): void {
    const pending = this.#pending;
    if (pending === null) return;
    this.#counters.timeouts++;
    this.#timeoutsInARow++;
    this.#overdue.add(pending.transaction);
    if (this.#overdue.size > maxOverdue) this.#overdue.delete(this.#overdue.values().next().value as number);
    this.#settle(readFailure("bus_timeout", `${describe(pending.request)}: no answer within ${timeoutMs} ms`));
    if (this.#rest !== null) this.#finish("malformed", "half a reply came, and no more");
    else if (this.#timeoutsInARow >= this.#closeAfterTimeouts) this.#finish("timeouts", `${this.#timeoutsInARow} time-outs in a row`);
  }

  #malformed(why: string): void {
    this.#counters.malformed++;
    const pending = this.#pending;
    if (pending !== null) this.#settle(readFailure("bus_malformed_reply", `${describe(pending.request)}: ${why}`));
    this.#finish("malformed", why);
  }

  #finish(kind: LinkEnd["kind"], detail: string): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#rest = null;
    this.#socket.destroy();
    if (this.#pending !== null) this.#settle(readFailure("bus_connection_lost", `${describe(this.#pending.request)}: ${detail}`));
    this.#end({ kind, detail, hadReply: this.#hadReply });
  }

  #settle(outcome: ReadOutcome): void {
    const pending = this.#pending as Pending;
    this.#pending = null;
    clearTimeout(pending.timer);
    pending.settle(outcome);
  }

  // Never the number of a request whose reply may still come.
  #nextTransaction(): number {
    do this.#transaction = (this.#transaction + 1) & 0xffff;
    while (this.#overdue.has(this.#transaction));
    return this.#transaction;
  }
}

const describe = ({ unit, table, address, count }: ReadRequest): string => `unit ${unit}, ${count} ${table} registers from ${address}`;
