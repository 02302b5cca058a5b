// Text of a CSV file → cells that know where they stand, so that a mistake is named as file:line:column. Pure.

/** One cell; `line` and `column` count from 1 and name the cell's first character. */
export type Cell = { text: string; line: number; column: number };
export type CsvTable = { header: Cell[]; rows: Cell[][] };

/** Splits a file. Quoted cells ("a;b", "" for a quote) may hold the delimiter, not a line break. Empty lines are skipped. */
export function parseCsv(text: string, delimiter: string): CsvTable {
  const lines: Cell[][] = [];
  for (const [index, line] of text
    .replace(/^\uFEFF/, "")
    .split("\n")
    .entries()) {
    const content = line.endsWith("\r") ? line.slice(0, -1) : line;
    if (content.trim() !== "") lines.push(splitLine(content, delimiter, index + 1));
  }
  const [header = [], ...rows] = lines;
  return { header, rows };
}

function splitLine(content: string, delimiter: string, line: number): Cell[] {
  const cells: Cell[] = [];
  let start = 0;
  for (;;) {
    const isQuoted = content[start] === '"';
    const end = isQuoted ? endOfQuoted(content, start) : start;
    const at = content.indexOf(delimiter, end);
    const stop = at === -1 ? content.length : at;
    const raw = content.slice(start, stop).trim();
    cells.push({ text: isQuoted ? raw.replace(/^"|"$/g, "").replaceAll('""', '"') : raw, line, column: start + 1 });
    if (at === -1) return cells;
    start = stop + delimiter.length;
  }
}

// The index behind the closing quote; the end of the line where it is missing.
function endOfQuoted(content: string, start: number): number {
  for (let i = start + 1; i < content.length; i++) {
    if (content[i] !== '"') continue;
    if (content[i + 1] !== '"') return i + 1;
    i++;
  }
  return content.length;
}
