// What the simulator tells on stdout: one JSON object a line (docs/specs/programs.md), or a plain line for a person.
import { counted } from "@millwright/kit/counted";
import type { WireFaultCounts } from "../wire/wire-faults.ts";

export type SimEvent =
  | { event: "ready"; port: number | null; units: ServedUnit[]; template?: string }
  | { event: "first_poll"; unit: number; machine: string; wall_ms: number }
  | { event: "ailment"; machine: string; ailment: string; wall_ms: number }
  | { event: "finished"; served: number }
  | { event: "stopped"; served: number; faults: SimFaultCounts };

/** What the wire did; `overlaps`: frames spoilt because two spoke at once on an RTU line. */
export type SimFaultCounts = WireFaultCounts & { overlaps?: number };

/** `template`: as an agent's configuration names it; null where there is none. `line`, `pty`: where it is an RTU line. */
export type ServedUnit = { port: number | null; unit: number; machine: string; template: string | null; line?: string; pty?: string };

export type Tell = (event: SimEvent) => void;

/** A sink that writes to stdout. */
export function createTell({ isJson }: { isJson: boolean }): Tell {
  return (event) => void process.stdout.write(`${isJson ? JSON.stringify(event) : plainLine(event)}\n`);
}

function plainLine(event: SimEvent): string {
  switch (event.event) {
    case "ready":
      return [
        ...event.units.slice(0, shownUnits).map(servedLine),
        ...(event.units.length > shownUnits ? [`and ${event.units.length - shownUnits} more`] : []),
        ...(event.template === undefined ? [] : [`template written to ${event.template}`]),
        "waiting for the first poll; Ctrl-C ends",
      ].join("\n");
    case "first_poll":
      return `${event.machine} (unit ${event.unit}) is polled: its time begins, ${time(event.wall_ms)}`;
    case "ailment":
      return `${event.machine}: ${event.ailment.replaceAll("_", " ")} begins, ${time(event.wall_ms)} (the truth; nothing of it is on the wire)`;
    case "finished":
      return `the recording is over: ${counted(event.served, "row")} served; the device no longer answers`;
    case "stopped":
      return `stopped after ${counted(event.served, "row")}${faultsText(event.faults)}`;
  }
}

/** A fleet is not listed to a person. */
const shownUnits = 40;

const servedLine = ({ port, unit, machine, template, line, pty }: ServedUnit): string => {
  const where = pty ?? `127.0.0.1:${port}`;
  return `${machine} on ${where}${line === undefined ? "" : ` (line ${line})`}, unit ${unit}, ${template === null ? "no template" : `template ${template}`}`;
};

function faultsText(faults: SimFaultCounts): string {
  const parts = Object.entries(faults).map(([name, count]) => `${name.replaceAll("_", " ")} ${count}`);
  return parts.length === 0 ? "" : `; faults of the wire: ${parts.join(", ")}`;
}

const time = (wallMs: number): string => new Date(wallMs).toISOString();
