import { malformed } from "./data-file.ts";

/** Figures separated by blanks or tabs, one row a line. @param name the file, for messages @throws Fault recording_malformed, as file:line:column */
export function parseNumberTable(text: string, name: string): Float64Array[] {
  const lines = text.split(/\r?\n/);
  while (lines.at(-1)?.trim() === "") lines.pop();
  const rows = lines.map((line, i) => Float64Array.from(line.matchAll(/\S+/g), (match) => numberAt(match, name, i + 1)));
  const width = rows[0]?.length ?? 0;
  for (const [i, row] of rows.entries())
    if (row.length !== width || width === 0)
      throw malformed(name, i + 1, 1, `${row.length} figures instead of ${width}; mend or remove the line`);
  return rows;
}

function numberAt(match: RegExpMatchArray, name: string, line: number): number {
  const value = Number(match[0]);
  if (Number.isFinite(value)) return value;
  throw malformed(name, line, (match.index ?? 0) + 1, `"${match[0]}" is not a number; mend it`);
}
