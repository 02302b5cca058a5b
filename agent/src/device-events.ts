// What happens to a bus, as a line for a person and, where machines are behind it, as a durable event each.
import type { Clock } from "@millwright/kit/clock";
import { counted } from "@millwright/kit/counted";
import { messageOf } from "@millwright/kit/fault";
import type { IllegalRangesEvent } from "./acquisition.ts";
import { type ResolvedConfig, unitOf } from "./config/resolved-config.ts";
import type { SayEvent } from "./events.ts";
import { fewAMinute } from "./few-a-minute.ts";
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
  /** Places that were told to be unreachable, and not to be back. */
  const away = new Set<string>();
  const tell = ({ event, place, unit, time }: Happened, leftOut: number): void => {
    const isBack = event.kind === "bus_connected" || event.kind === "unit_up";
    const more = leftOut === 0 ? "" : ` (${counted(leftOut, "such line")} before it left out: at most ${mostAMinute} a minute)`;
    say({ event: "device", text: `${place}: ${isBack ? "connected" : event.detail}${more}` });
    if (!isBack) away.add(place);
    else if (!away.delete(place)) return;
    const records = machinesOf(event.bus, unit).map(({ site, name }) => {
      const context = { time, traceId: newTraceId(), machine: { site, name } };
      return isBack
        ? eventBody(context, "device_back", "info", `${place} answers again.`)
        : eventBody(context, "device_unreachable", "warning", `${place}: ${event.detail}${more}`);
    });
    if (records.length > 0) outbox.commit({ records }).catch((error: unknown) => warn(messageOf(error)));
  };
  const tellFew = fewAMinute({ most: mostAMinute, minuteMs: clock.realMs(minuteMs), tell });
  return (event) => {
    const unit = event.kind === "unit_down" || event.kind === "unit_up" ? event.unit : null;
    const place = unit === null ? `bus ${event.bus}` : `bus ${event.bus}, unit ${unit}`;
    tellFew(place, { event, place, unit, time: timeNow(clock) });
  };
}

type Happened = { event: BusEvent; place: string; unit: number | string | null; time: ReturnType<typeof timeNow> };

/** What a person must know of registers that a device does not have; null where it only refuses some together. Wire addresses. */
export function illegalRangesText({ device, illegal }: Pick<IllegalRangesEvent, "device" | "illegal">): string | null {
  const holes = illegal.filter(({ from, to }) => from < to);
  if (holes.length === 0) return null;
  const named = holes.map(({ table, from, to }) => `${table} ${to - from > 1 ? `${from} to ${to - 1}` : from}`);
  return `${device}: it says that it has no ${named.join(", ")} (wire addresses), so the points there have no value. Correct the template where that is so; they are asked for again once a day, and when the configuration or a template changes`;
}
