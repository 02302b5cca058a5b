// What happens to a bus, as a line for a person and, where machines are behind it, as a durable event each.
import type { Clock } from "@millwright/kit/clock";
import { counted } from "@millwright/kit/counted";
import { messageOf } from "@millwright/kit/fault";
import type { IllegalRangesEvent } from "./acquisition.ts";
import { type ResolvedConfig, unitOf } from "./config/resolved-config.ts";
import type { SayEvent } from "./events.ts";
import type { Outbox } from "./outbox/outbox.ts";
import { eventBody, newTraceId, timeNow } from "./outbox/record-bodies.ts";
import type { BusEvent } from "./registers/bus-event.ts";

export type DeviceEventsOptions = {
  config: Pick<ResolvedConfig, "machines">;
  outbox: Outbox;
  clock: Clock;
  say: SayEvent;
  warn: (text: string) => void;
};

/** A device that is lost and found many times a second is told of so often a minute of machine time: every event is kept until the gateway has it. */
const mostAMinute = 10;
const minuteMs = 60_000;

/** @returns the listener for a bus's events. */
export function deviceEvents({ config, outbox, clock, say, warn }: DeviceEventsOptions): (event: BusEvent) => void {
  const machinesOf = (bus: string, unit: number | string | null) =>
    config.machines.filter(({ reads }) => reads.some((read) => read.bus === bus && (unit === null || unitOf(read) === unit)));
  const leftOutAt = perMinute(clock);
  return (event) => {
    const unit = event.kind === "unit_down" || event.kind === "unit_up" ? event.unit : null;
    const place = unit === null ? `bus ${event.bus}` : `bus ${event.bus}, unit ${unit}`;
    const isBack = event.kind === "bus_connected" || event.kind === "unit_up";
    const leftOut = leftOutAt(place);
    if (leftOut === null) return;
    const more = leftOut === 0 ? "" : ` (before that, ${counted(leftOut, "such line")} left out: at most ${mostAMinute} a minute)`;
    say({ event: "device", text: `${place}: ${isBack ? "connected" : event.detail}${more}` });
    if (event.kind === "bus_connected") return;
    const time = timeNow(clock);
    const records = machinesOf(event.bus, unit).map(({ site, name }) => {
      const context = { time, traceId: newTraceId(), machine: { site, name } };
      return isBack
        ? eventBody(context, "device_back", "info", `${place} answers again.`)
        : eventBody(context, "device_unreachable", "warning", `${place}: ${event.detail}${more}`);
    });
    if (records.length > 0) outbox.commit({ records }).catch((error: unknown) => warn(messageOf(error)));
  };
}

// For an event at a place: how many were left out before it; null where it is to be left out itself.
function perMinute(clock: Pick<Clock, "monotonicMs">): (place: string) => number | null {
  const minutes = new Map<string, { sinceMs: number; events: number }>();
  return (place) => {
    const nowMs = clock.monotonicMs();
    const minute = minutes.get(place);
    if (minute !== undefined && nowMs - minute.sinceMs < minuteMs) return ++minute.events > mostAMinute ? null : 0;
    minutes.set(place, { sinceMs: nowMs, events: 1 });
    return Math.max(0, (minute?.events ?? 0) - mostAMinute);
  };
}

/** What a person must know of registers that a device does not have; null where it only refuses some together. Wire addresses. */
export function illegalRangesText({ device, illegal }: Pick<IllegalRangesEvent, "device" | "illegal">): string | null {
  const holes = illegal.filter(({ from, to }) => from < to);
  if (holes.length === 0) return null;
  const named = holes.map(({ table, from, to }) => `${table} ${to - from > 1 ? `${from} to ${to - 1}` : from}`);
  return `${device}: it says that it has no ${named.join(", ")} (wire addresses), so the points there have no value. Correct the template where that is so; they are asked for again once a day, and when the configuration or a template changes`;
}
