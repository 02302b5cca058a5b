// Rows of cells → lines whose columns stand below each other. Pure. Colours take no width.
import { stripVTControlCharacters } from "node:util";

/** `align`: a letter for each column, `l` or `r`. Nothing trails at the end of a line. */
export function columns(rows: readonly (readonly string[])[], align: string, gap = 2): string[] {
  const widths = [...align].map((_, i) => Math.max(0, ...rows.map((row) => widthOf(row[i] ?? ""))));
  return rows.map((row) => {
    const cells = widths.flatMap((width, i) => (width === 0 ? [] : [padded(row[i] ?? "", width, align[i] === "r")]));
    return cells.join(" ".repeat(gap)).trimEnd();
  });
}

/** A line cut to `width`; colours end with it. */
export function cut(line: string, width: number): string {
  if (widthOf(line) <= width) return line;
  return `${stripVTControlCharacters(line).slice(0, Math.max(0, width - 1))}…`;
}

/** Places a text takes on a terminal. */
export const widthOf = (text: string): number => stripVTControlCharacters(text).length;

function padded(text: string, width: number, isRight: boolean): string {
  const space = " ".repeat(Math.max(0, width - widthOf(text)));
  return isRight ? space + text : text + space;
}
