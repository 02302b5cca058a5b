// HTTP GET, JSON back: request in, document or named failure out, within a total deadline, whatever the server does. Only the configured host is
// ever asked: no redirect is followed, no proxy is used. One connection, kept alive; a time-out closes it, so that no late reply can be taken.
import { connect } from "node:net";
import { messageOf } from "@millwright/kit/fault";
import type { Client } from "undici";
import { agentFault } from "../faults.ts";
import { parseJsonReply } from "./json-reply.ts";
import type { Link, LinkCounters, LinkEnd, LinkOptions, OpenLink } from "./link.ts";
import { type BusFaultCode, type BusRequest, type Outcome, type ReadFailure, readFailure } from "./read-outcome.ts";
import { type RequestHeaders, readHeadersFile } from "./request-headers.ts";

/** `path` with its query, as it is sent; `unit` names whom to blame for a time-out. */
export type JsonRequest = BusRequest & { readonly path: string };
export type JsonReply = { readonly document: unknown };

export type HttpJsonOptions = {
  /** http://host:port, without a path. */
  readonly url: string;
  /** Absolute path of a file of request headers; read with every connection and after a refusal (401, 403), so that a new token is taken. */
  readonly headersFile?: string | null;
  readonly maxReplyBytes?: number;
  /** Real ms. */
  readonly connectTimeoutMs?: number;
};

/**
 * The transport of one HTTP endpoint. A link is not one socket (servers close idle ones, and that is no news), but a time in which the endpoint
 * can be reached: it begins with a connection that is made to see whether anybody listens, and ends with the first one that fails.
 */
export function httpJson({
  url,
  headersFile = null,
  maxReplyBytes = 1_048_576,
  connectTimeoutMs = 3_000,
}: HttpJsonOptions): OpenLink<JsonRequest, JsonReply> {
  return async (options) => {
    await knock(new URL(url), connectTimeoutMs, options.signal);
    const headers = async (): Promise<RequestHeaders> => (headersFile === null ? {} : readHeadersFile(headersFile));
    const first = await headers().catch((error: unknown) => {
      throw agentFault("bus_unreachable", `${url}: its headers_file cannot be used: ${messageOf(error)}`);
    });
    // 16 MB, which a box without such a bus does not spend.
    const undici = await import("undici");
    const client = new undici.Client(url, {
      connect: { timeout: connectTimeoutMs },
      allowH2: false,
      pipelining: 1,
      maxResponseSize: maxReplyBytes,
      maxHeaderSize: 16_384,
    });
    return new HttpLink(client, headers, first, options);
  };
}

class HttpLink implements Link<JsonRequest, JsonReply> {
  readonly ended: Promise<LinkEnd>;
  readonly #end: (end: LinkEnd) => void;
  readonly #client: Client;
  readonly #readHeaders: () => Promise<RequestHeaders>;
  readonly #counters: LinkCounters;
  readonly #closeAfterTimeouts: number;
  #headers: RequestHeaders;
  /** Settles the request in flight; null while there is none. */
  #giveUp: ((failure: ReadFailure) => void) | null = null;
  #isOpen = true;
  #hadReply = false;
  #isKeptAlive = false;
  #timeoutsInARow = 0;

  constructor(
    client: Client,
    readHeaders: () => Promise<RequestHeaders>,
    headers: RequestHeaders,
    { counters, closeAfterTimeouts }: LinkOptions,
  ) {
    const { promise, resolve } = Promise.withResolvers<LinkEnd>();
    this.ended = promise;
    this.#end = resolve;
    this.#client = client;
    this.#readHeaders = readHeaders;
    this.#headers = headers;
    this.#counters = counters;
    this.#closeAfterTimeouts = closeAfterTimeouts;
    client.on("connect", () => {
      this.#isKeptAlive = false;
    });
  }

  async read(request: JsonRequest, timeoutMs: number): Promise<Outcome<JsonReply>> {
    if (this.#giveUp !== null) throw new Error("a link carries one request at a time");
    if (!this.#isOpen) return readFailure("bus_connection_lost", "the connection is closed");
    this.#counters.requests++;
    const outcome = await this.#readWithin(request, timeoutMs);
    this.#count(outcome);
    return outcome;
  }

  close(): void {
    this.#finish("closed", "closed by the agent");
  }

  // undici has no total deadline, and a request that waits for a connection does not hear its signal: the race does.
  async #readWithin({ path }: JsonRequest, timeoutMs: number): Promise<Outcome<JsonReply>> {
    const stop = new AbortController();
    const { promise: over, resolve: giveUp } = Promise.withResolvers<ReadFailure>();
    this.#giveUp = (failure) => {
      giveUp(failure);
      stop.abort();
    };
    const late = readFailure("bus_timeout", `GET ${path}: no whole answer within ${timeoutMs} ms`);
    const timer = setTimeout(() => this.#giveUp?.(late), timeoutMs);
    const outcome = await Promise.race([over, this.#exchange(path, timeoutMs, stop.signal)]);
    clearTimeout(timer);
    this.#giveUp = null;
    return outcome;
  }

  async #exchange(path: string, timeoutMs: number, signal: AbortSignal): Promise<Outcome<JsonReply>> {
    for (let tries = 1; ; tries++) {
      const wasKeptAlive = this.#isKeptAlive;
      try {
        return await this.#get(path, timeoutMs, signal);
      } catch (error) {
        // A kept connection may be closed by the server just as we use it: a GET is then sent once more (RFC 9112, 9.3.1), on a new one.
        if (tries === 1 && wasKeptAlive && !signal.aborted && codeOf(error) === "bus_connection_lost") continue;
        return readFailure(codeOf(error), `GET ${path}: ${whyOf(error)}`);
      }
    }
  }

  async #get(path: string, timeoutMs: number, signal: AbortSignal): Promise<Outcome<JsonReply>> {
    const headers = { ...this.#headers, accept: "application/json", "accept-encoding": "identity" };
    const { statusCode, body } = await this.#client.request({
      method: "GET",
      path,
      headers,
      signal,
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
    });
    this.#isKeptAlive = true;
    if (statusCode < 200 || statusCode > 299) {
      await body.dump({ limit: 65_536, signal }).catch(() => {});
      if (statusCode === 401 || statusCode === 403) this.#headers = await this.#readHeaders().catch(() => this.#headers);
      return readFailure("bus_exception", `GET ${path}: HTTP status ${statusCode}${hints[statusCode] ?? redirectHint(statusCode)}`);
    }
    const reply = parseJsonReply(await body.text());
    return typeof reply === "string" ? readFailure("bus_malformed_reply", `GET ${path}: the reply ${reply}`) : { ok: true, reply };
  }

  #count(outcome: Outcome<JsonReply>): void {
    const code = outcome.ok ? null : outcome.code;
    if (code === null || code === "bus_exception") this.#hadReply = true;
    this.#timeoutsInARow = code === "bus_timeout" ? this.#timeoutsInARow + 1 : 0;
    if (code === null) this.#counters.good++;
    else if (code === "bus_exception") this.#counters.exceptions++;
    else if (code === "bus_malformed_reply") this.#counters.malformed++;
    else if (code === "bus_timeout") this.#counters.timeouts++;
    if (outcome.ok) return;
    if (code === "bus_connection_lost") this.#finish("peer", outcome.detail);
    else if (this.#timeoutsInARow >= this.#closeAfterTimeouts) this.#finish("timeouts", `${this.#timeoutsInARow} time-outs in a row`);
  }

  #finish(kind: LinkEnd["kind"], detail: string): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#giveUp?.(readFailure("bus_connection_lost", detail));
    this.#client.destroy().catch(() => {});
    this.#end({ kind, detail, hadReply: this.#hadReply });
  }
}

const hints: Readonly<Record<number, string>> = {
  401: ": it wants to know who asks; see headers_file",
  403: ": it does not allow this; see headers_file",
  404: ": there is no such path",
};

const redirectHint = (status: number): string => (status < 400 ? ": redirects are not followed" : "");

// What undici throws; what is left is the connection.
function codeOf(error: unknown): BusFaultCode {
  const code = (error as NodeJS.ErrnoException).code ?? "";
  if (code === "UND_ERR_HEADERS_TIMEOUT" || code === "UND_ERR_BODY_TIMEOUT") return "bus_timeout";
  return (error as Error).name === "HTTPParserError" || malformed.has(code) ? "bus_malformed_reply" : "bus_connection_lost";
}

const whyOf = (error: unknown): string =>
  (error as NodeJS.ErrnoException).code === "UND_ERR_RES_EXCEEDED_MAX_SIZE" ? "the reply is longer than 1 MiB" : messageOf(error);

const malformed = new Set(["UND_ERR_HEADERS_OVERFLOW", "UND_ERR_RES_EXCEEDED_MAX_SIZE", "UND_ERR_RES_CONTENT_LENGTH_MISMATCH"]);

/** Resolves where somebody listens; the connection is closed again. @throws Fault bus_unreachable. */
function knock({ hostname, port, protocol }: URL, timeoutMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const host = hostname.replace(/^\[|\]$/g, "");
    const socket = connect({ host, port: port === "" ? (protocol === "https:" ? 443 : 80) : Number(port) });
    const done = (why: string | null): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", onAbort);
      socket.destroy();
      if (why === null) resolve();
      else reject(agentFault("bus_unreachable", `${host}: ${why}`));
    };
    const timer = setTimeout(() => done(`no connection within ${timeoutMs} ms`), timeoutMs);
    const onAbort = (): void => done("the agent is stopping");
    signal.addEventListener("abort", onAbort);
    socket.on("error", (error) => done(error.message || (error as NodeJS.ErrnoException).code || "refused"));
    socket.once("connect", () => done(null));
    if (signal.aborted) onAbort();
  });
}
