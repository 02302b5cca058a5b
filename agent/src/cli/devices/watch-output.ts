// What `watch` shows of each reading: a page in place on a terminal, a line for each change elsewhere, JSON lines for a program.
import type { BusStatus } from "../../agent-status.ts";
import { busFigures } from "../bus-line.ts";
import type { Paint } from "../terminal/paint.ts";
import type { Screen } from "../terminal/screen.ts";
import type { MachineReading } from "./device-session.ts";
import { numberText, qualityText, unitCell } from "./point-text.ts";
import { readingDocument } from "./reading-document.ts";
import { readingLines, type Span } from "./reading-table.ts";

export type Watched = {
  /** From 1. */
  readonly n: number;
  readonly at: Date;
  readonly readings: readonly MachineReading[];
  readonly buses: readonly BusStatus[];
  /** By machine, by point. */
  readonly spans: readonly (readonly (Span | null)[])[];
  /** Readings that were left out because the one before took too long. */
  readonly skipped: number;
};
export type WatchOutput = { take(watched: Watched): void; end(last: Watched | null): void };

type Out = { write(text: string): unknown };

export function jsonOutput(out: Out): WatchOutput {
  return {
    take: ({ n, at, readings, buses, skipped }) =>
      void out.write(
        `${JSON.stringify({ n, at: at.toISOString(), skipped, machines: readings.map((reading) => readingDocument(reading, null)), buses })}\n`,
      ),
    end: () => {},
  };
}

/** At the end the last page stays, as plain lines. */
export function pageOutput(
  screen: Screen,
  out: Out,
  { paint, width, every }: { paint: Paint; width: () => number; every: string },
): WatchOutput {
  const page = (watched: Watched, mustFit: boolean): string[] => [
    ...watched.readings.flatMap((reading, i) => [
      ...readingLines(reading, { paint, width: width(), raw: null, spans: watched.spans[i] ?? [], mustFit }),
      "",
    ]),
    ...busLines(watched),
  ];
  return {
    take: (watched) =>
      screen.draw([...page(watched, true), "", paint.dim(`reading ${watched.n}, every ${every}; Ctrl-C ends${skippedText(watched)}`)]),
    end(last) {
      screen.close();
      if (last !== null) out.write(`${page(last, false).join("\n")}\n`);
    },
  };
}

/** The first reading whole, then what changed. */
export function lineOutput(out: Out, paint: Paint): WatchOutput {
  const before = new Map<string, string>();
  const say = (at: Date, key: string, text: string): void => {
    if (before.get(key) === text) return;
    before.set(key, text);
    out.write(`${at.toISOString()}  ${key}  ${text}\n`);
  };
  return {
    take({ at, readings }) {
      for (const { machine, row, devices } of readings) {
        for (const [i, point] of machine.points.entries()) {
          const value = row.shown[i] ?? Number.NaN;
          const cells = [numberText(value), unitCell(point, value), qualityText(row.reasons[i] ?? null, paint)];
          say(at, `${machine.name}  ${point.name}`, cells.filter(Boolean).join(" "));
        }
        for (const [i, { read, failure }] of devices.entries()) {
          const key = `${machine.name}  reads.${i} (${read.bus})`;
          if (failure !== null) say(at, key, paint.bad(`! ${failure.detail} [${failure.code}]`));
          else if (before.has(key)) say(at, key, "answers");
        }
      }
    },
    end(last) {
      if (last !== null) out.write(`${busLines(last).join("\n")}\n`);
    },
  };
}

const busLines = ({ buses }: Watched): string[] => buses.map((bus) => `bus ${bus.name}  ${bus.address}  ${busFigures(bus)}`);

const skippedText = ({ skipped }: Watched): string => (skipped === 0 ? "" : `; ${skipped} left out: the devices take longer than that`);
