// How a bus does, as one line for a person. Pure.
import { counted } from "@millwright/kit/counted";
import type { BusStatus } from "../agent-status.ts";
import { durationWords } from "./terminal/duration-words.ts";

/** "99.97 % ok   2 time-outs, 2 late replies rejected   p99 12 ms". What never happened is not named. */
export function busFigures(bus: BusStatus): string {
  const { good, exceptions, round_trip_p99_ms: p99 } = bus;
  const troubles = [
    many(bus.timeouts, "time-out"),
    many(bus.late_rejected, "late reply", "late replies", " rejected"),
    many(bus.crc_errors, "CRC error"),
    many(bus.malformed, "malformed reply", "malformed replies"),
    many(exceptions, "exception"),
    many(bus.refused, "request", "requests", " too many"),
    many(Math.max(0, bus.connects - 1), "reconnect"),
  ].filter(Boolean);
  const asked = good + exceptions + bus.timeouts + bus.malformed + bus.crc_errors;
  const share = asked === 0 ? "no answer yet" : `${percent(good / asked)} ok`;
  return [share, troubles.join(", "), p99 === null ? "" : `p99 ${durationWords(p99)}`].filter(Boolean).join("   ");
}

const many = (n: number, one: string, more?: string, after = ""): string => (n === 0 ? "" : `${counted(n, one, more)}${after}`);

// Never rounded up to 100.
function percent(share: number): string {
  return `${share >= 1 ? "100" : (Math.floor(share * 10_000) / 100).toFixed(2)} %`;
}
