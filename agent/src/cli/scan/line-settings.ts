// Which settings of a line are tried, in which order: those that most devices are delivered with first. Pure.
import { characterMs, type SerialLine } from "../../registers/serial-line.ts";

const usualBauds = [9_600, 19_200, 115_200] as const;
const otherBauds = [38_400, 57_600, 4_800, 2_400, 1_200] as const;

type Format = Pick<SerialLine, "dataBits" | "parity" | "stopBits">;
const usualFormats: readonly Format[] = [
  { dataBits: 8, parity: "none", stopBits: 1 },
  { dataBits: 8, parity: "even", stopBits: 1 },
];
const otherFormats: readonly Format[] = [
  { dataBits: 8, parity: "none", stopBits: 2 },
  { dataBits: 8, parity: "odd", stopBits: 1 },
];

/** 6 settings; with `all` the others behind them, 32 together. */
export function lineSettings(path: string, all: boolean): SerialLine[] {
  const of = (bauds: readonly number[], formats: readonly Format[]): SerialLine[] =>
    bauds.flatMap((baud) => formats.map((format) => ({ path, baud, ...format, sendEnable: "driver" as const })));
  const usual = of(usualBauds, usualFormats);
  return all ? [...usual, ...of(usualBauds, otherFormats), ...of(otherBauds, [...usualFormats, ...otherFormats])] : usual;
}

/** A request has 8 characters, its shortest reply 5, with one register 7. */
const characters = 8 + 7;

/** Real ms to wait for a reply that begins at most `turnaroundMs` after the request. */
export const waitMs = (line: SerialLine, turnaroundMs: number): number => Math.ceil(characters * characterMs(line) + turnaroundMs);
