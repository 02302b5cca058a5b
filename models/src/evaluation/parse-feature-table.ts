// A csv of vibration features or summaries: a header, then one snapshot a line. In: text; out: the header and the cells.
import { counted } from "@millwright/kit/counted";
import { malformed } from "./data-file.ts";

export type FeatureTable = {
  readonly name: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
};

/** @param name the file, for messages @throws Fault recording_malformed, as file:line:column */
export function parseFeatureTable(text: string, name: string): FeatureTable {
  const lines = text.split(/\r?\n/);
  while (lines.at(-1) === "") lines.pop();
  const [columns, ...rows] = lines.map((line) => line.split(","));
  if (columns === undefined || rows.length === 0) throw malformed(name, 1, 1, "no snapshot in it; the first line names the columns");
  for (const [i, row] of rows.entries())
    if (row.length !== columns.length)
      throw malformed(name, i + 2, 1, `${counted(row.length, "column")} instead of ${columns.length}; mend or remove the line`);
  return { name, columns, rows };
}

/** One column as numbers. @throws Fault recording_malformed when it is not there, or a cell is not a number */
export function numbersOf(table: FeatureTable, column: string): number[] {
  const at = columnOf(table, column);
  return table.rows.map((row, i) => {
    const cell = row[at] as string;
    const value = cell.trim() === "" ? Number.NaN : Number(cell);
    if (!Number.isFinite(value))
      throw malformed(table.name, i + 2, row.slice(0, at).join(",").length + 1 + Number(at > 0), `"${cell}" is not a number; mend it`);
    return value;
  });
}

export function columnOf(table: FeatureTable, column: string): number {
  const at = table.columns.indexOf(column);
  if (at < 0) throw malformed(table.name, 1, 1, `no column "${column}"; the first line names the columns`);
  return at;
}
