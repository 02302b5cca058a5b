// What an explanation of one row looks at, of the rows up to it. Pure.
import type { Level } from "../decisions/decision-step.ts";

/** As many rows as the agent's evidence remembers, or fewer: what stands before an alarm explains nothing. */
const mostRows = 30;
/** Where no alarm stands, the rows are compared with so many before them. */
const rowsBefore = 300;

/**
 * The scored rows of the alarm that stands in the last row; where none does, the last scored ones, and the rows `before` them.
 * @param rows oldest first; the last one is the one to explain
 */
export function explainedRows<R extends { readonly level: Level; readonly score: number | null }>(
  rows: readonly R[],
): { readonly rows: readonly R[]; readonly before: readonly R[] } {
  const isCalm = rows.at(-1)?.level === "normal";
  const from = isCalm ? rows.length - mostRows : rows.findLastIndex(({ level }) => level === "normal") + 1;
  const begin = Math.max(0, from);
  const explained = rows
    .slice(begin)
    .filter(({ score }) => score !== null)
    .slice(-mostRows);
  return { rows: explained, before: isCalm ? rows.slice(Math.max(0, begin - rowsBefore), begin) : [] };
}
