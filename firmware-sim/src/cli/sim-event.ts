// What the simulator tells on stdout: one JSON object a line (docs/specs/programs.md), or a plain line for a person.

export type SimEvent =
  | { event: "ready"; port: number; units: ServedUnit[]; template?: string }
  | { event: "first_poll"; unit: number; machine: string; wall_ms: number }
  | { event: "ailment"; machine: string; ailment: string; wall_ms: number }
  | { event: "finished"; served: number }
  | { event: "stopped"; served: number };

/** `template`: as an agent's configuration names it. */
export type ServedUnit = { port: number; unit: number; machine: string; template: string };

export type Tell = (event: SimEvent) => void;

/** A sink that writes to stdout. */
export function createTell({ isJson }: { isJson: boolean }): Tell {
  return (event) => void process.stdout.write(`${isJson ? JSON.stringify(event) : plainLine(event)}\n`);
}

function plainLine(event: SimEvent): string {
  switch (event.event) {
    case "ready":
      return [
        ...event.units.map(servedLine),
        ...(event.template === undefined ? [] : [`template written to ${event.template}`]),
        "waiting for the first poll; Ctrl-C ends",
      ].join("\n");
    case "first_poll":
      return `${event.machine} (unit ${event.unit}) is polled: its time begins, ${time(event.wall_ms)}`;
    case "ailment":
      return `${event.machine}: ${event.ailment.replaceAll("_", " ")} begins, ${time(event.wall_ms)} (the truth; nothing of it is on the wire)`;
    case "finished":
      return `the recording is over: ${event.served} rows served; the device no longer answers`;
    case "stopped":
      return `stopped after ${event.served} rows`;
  }
}

const servedLine = ({ port, unit, machine, template }: ServedUnit): string =>
  `${machine} on 127.0.0.1:${port}, unit ${unit}, template ${template}`;

const time = (wallMs: number): string => new Date(wallMs).toISOString();
