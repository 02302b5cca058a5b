// Which units answer behind one endpoint on the network. One connection, opened again where the device closes it.
import { type Link, newLinkCounters, type OpenLink } from "../../registers/link.ts";
import type { ReadOutcome, ReadRequest } from "../../registers/read-outcome.ts";
import { nobodyThere } from "./line-prober.ts";

export type EndpointSearch = {
  readonly units: readonly number[];
  readonly tried: number;
  /** Every unit number was answered: the device does not look at it. */
  readonly isAnyUnit: boolean;
};

/** Fewer answers to as many numbers may well be so many units. */
const fewestForAny = 8;

/** `onTry` before each request; `timeoutMs` of real time each. @throws Fault bus_unreachable where there is no connection. */
export async function searchEndpoint(
  open: OpenLink<ReadRequest, Uint16Array>,
  units: readonly number[],
  timeoutMs: number,
  onTry: (unit: number) => void,
): Promise<EndpointSearch> {
  const counters = newLinkCounters();
  const signal = new AbortController().signal;
  const connect = async (): Promise<OpenedLink> => {
    const link = await open({ counters, closeAfterTimeouts: Number.POSITIVE_INFINITY, signal });
    const opened: OpenedLink = { link, isOpen: true };
    void link.ended.then(() => {
      opened.isOpen = false;
    });
    return opened;
  };
  let opened = await connect();
  const found: number[] = [];
  for (const unit of units) {
    onTry(unit);
    if (!opened.isOpen) opened = await connect();
    const outcome = await opened.link.read({ unit, table: "holding", address: 0, count: 1 }, timeoutMs);
    if (isAnswer(outcome)) found.push(unit);
  }
  opened.link.close();
  await opened.link.ended;
  return { units: found, tried: units.length, isAnyUnit: found.length === units.length && units.length >= fewestForAny };
}

type OpenedLink = { readonly link: Link<ReadRequest, Uint16Array>; isOpen: boolean };

// Any answer of the unit itself, also that it has no such register.
function isAnswer(outcome: ReadOutcome): boolean {
  if (outcome.ok) return true;
  return outcome.code === "bus_exception" && !nobodyThere.includes(outcome.exception ?? 0);
}
