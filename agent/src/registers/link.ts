// A transport, as the bus owner sees it: one life of one connection. Each transport is one file that opens these.
import type { BusRequest, Outcome } from "./read-outcome.ts";

export type LinkEnd = {
  /** `timeouts`: too many in a row · `malformed`: a framing error · `peer`: the other side, or the network · `closed`: we. */
  readonly kind: "timeouts" | "malformed" | "peer" | "closed";
  readonly detail: string;
  /** Whether any valid reply came in this life. */
  readonly hadReply: boolean;
};

export type Link<Request extends BusRequest, Reply> = {
  /**
   * As many at a time as the bus says, one where it says nothing. Never rejects; settles within `timeoutMs` of real time once it is sent, also when the
   * connection ends. On a line that must be drained after a time-out it is sent when the line is free.
   */
  read(request: Request, timeoutMs: number): Promise<Outcome<Reply>>;
  /** As read(), with a call instead of a promise, where the transport is quick enough that this counts. Never calls within this call. */
  ask?(request: Request, timeoutMs: number, settle: (outcome: Outcome<Reply>) => void): void;
  /** Real ms for which nothing is sent after a time-out, because a late reply may come; none where this is missing. */
  drainMs?(timeoutMs: number): number;
  /** Settles when this life is over; the socket is destroyed by then. */
  readonly ended: Promise<LinkEnd>;
  close(): void;
};

/** What a transport counts while it works. Only ever grows. */
export type LinkCounters = {
  requests: number;
  good: number;
  timeouts: number;
  exceptions: number;
  /** Replies that came after their deadline; each was thrown away. */
  lateRejected: number;
  /** Replies that were no answer to what was asked; CRC errors are counted apart. */
  malformed: number;
  crcErrors: number;
};

export const newLinkCounters = (): LinkCounters => ({
  requests: 0,
  good: 0,
  timeouts: 0,
  exceptions: 0,
  lateRejected: 0,
  malformed: 0,
  crcErrors: 0,
});

export type LinkOptions = {
  readonly counters: LinkCounters;
  /** The link ends itself after so many time-outs in a row: a peer without power sends nothing, not even a reset. */
  readonly closeAfterTimeouts: number;
  readonly signal: AbortSignal;
};

/** Opens one connection. @throws Fault bus_unreachable; nothing is left open then. */
export type OpenLink<Request extends BusRequest, Reply> = (options: LinkOptions) => Promise<Link<Request, Reply>>;
