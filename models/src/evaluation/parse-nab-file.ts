// One series of the Numenta Anomaly Benchmark: csv, `timestamp,value`, in time order.
import { counted } from "@millwright/kit/counted";
import { malformed } from "./data-file.ts";
import { parseTimeMs } from "./parse-time.ts";

export type NabRow = {
  /** As the file has it: `2014-04-01 00:05:00`. */
  readonly timestamp: string;
  readonly atMs: number;
  /** NaN where the cell is empty. */
  readonly value: number;
};

/** @param name the file, for messages @throws Fault recording_malformed, as file:line:column */
export function parseNabFile(text: string, name: string): NabRow[] {
  const lines = text.split(/\r?\n/);
  while (lines.at(-1) === "") lines.pop();
  if (lines[0] !== "timestamp,value") throw malformed(name, 1, 1, `the first line must be "timestamp,value"`);
  return lines.slice(1).map((line, index) => rowOf(line, name, index + 2));
}

function rowOf(line: string, name: string, number: number): NabRow {
  const cells = line.split(",");
  const [timestamp, cell] = cells;
  if (timestamp === undefined || cell === undefined || cells.length !== 2)
    throw malformed(name, number, line.length + 1, `${counted(cells.length, "column")} instead of 2; mend or remove the line`);
  const atMs = parseTimeMs(timestamp);
  if (Number.isNaN(atMs)) throw malformed(name, number, 1, `"${timestamp}" is not a time like 2014-04-01 00:05:00`);
  const value = cell.trim() === "" ? Number.NaN : Number(cell);
  if (Number.isNaN(value) && cell.trim() !== "")
    throw malformed(name, number, timestamp.length + 2, `"${cell}" is not a number; mend it or leave the cell empty`);
  return { timestamp, atMs, value };
}
