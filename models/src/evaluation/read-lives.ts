// Histories of machines, each from its first cycle on, in one file: that of `readHistory`, where a column `unit` (a number) says whose row it is, and
// a column `remaining` how many cycles were left after it, where that is known. Without `unit` it is one machine.
import type { Row } from "../features/row.ts";
import { malformed, readDataFile } from "./data-file.ts";
import { parseSkabFile, type Recording } from "./parse-skab-file.ts";
import { checkTimes } from "./read-history.ts";

export type Life = {
  /** null: the file has no column `unit`. */
  readonly unit: number | null;
  /** Of its first row, from 0 below the header. */
  readonly firstRow: number;
  readonly points: Recording["points"];
  readonly rows: readonly Row[];
  /** One a row, cycles, NaN where not known; null: the file has no column `remaining`. */
  readonly remaining: readonly number[] | null;
};

/** @throws Fault data_missing, recording_malformed as file:line:column */
export function readLives(file: string): Life[] {
  const { points, rows } = parseSkabFile(readDataFile(file, "give a semicolon-separated file"), file);
  const column = (name: string): number => points.findIndex((point) => point.name === name);
  const [unitColumn, remainingColumn] = [column("unit"), column("remaining")];
  const unitOf = (row: Row | undefined): number | null => (row === undefined || unitColumn < 0 ? null : (row.values[unitColumn] as number));
  const starts = rows.flatMap((row, n) => (n === 0 || unitOf(row) !== unitOf(rows[n - 1]) ? [n] : []));
  if (starts.length === 0) throw malformed(file, 1, 1, "there are no rows below the names of the columns");
  const seen = new Set<number | null>();
  return starts.map((firstRow, n) => {
    const its = rows.slice(firstRow, starts[n + 1]);
    const unit = unitOf(its[0]);
    if (Number.isNaN(unit)) throw malformed(file, firstRow + 2, 1, "unit is empty; say whose row it is");
    if (seen.has(unit)) throw malformed(file, firstRow + 2, 1, `unit ${unit} comes again; keep the rows of a machine together`);
    seen.add(unit);
    checkTimes(its, firstRow, file);
    const remaining = remainingColumn < 0 ? null : its.map(({ values }) => values[remainingColumn] as number);
    return { unit, firstRow, points, rows: its, remaining };
  });
}
