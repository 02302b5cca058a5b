// One file of NASA's turbofan set: 26 columns separated by spaces (unit, cycle, 3 settings, 21 sensors), rows of a unit in order.
import { counted } from "@millwright/kit/counted";
import type { ConditionRow } from "../features/operating-conditions.ts";
import { malformed } from "./data-file.ts";

export type EngineUnit = { readonly unit: number; readonly cycles: readonly ConditionRow[] };

/** @param name the file, for messages @returns units in the order of the file @throws Fault recording_malformed, as file:line:column */
export function parseCmapssFile(text: string, name: string): EngineUnit[] {
  const units: { unit: number; cycles: ConditionRow[] }[] = [];
  for (const { cells, line } of numbersOf(text, name, 26)) {
    const [unit, cycle] = cells as [number, number];
    if (units.at(-1)?.unit !== unit) units.push({ unit, cycles: [] });
    const { cycles } = units.at(-1) as { cycles: ConditionRow[] };
    if (cycle !== cycles.length + 1)
      throw malformed(name, line, 1, `unit ${unit} has cycle ${cycle} where ${cycles.length + 1} must follow; put its rows in order`);
    cycles.push({ settings: cells.slice(2, 5), values: cells.slice(5) });
  }
  if (units.length === 0) throw malformed(name, 1, 1, "there are no rows");
  return units;
}

/** @returns remaining cycles after the last row of each test unit @throws Fault recording_malformed */
export function parseRemainingLife(text: string, name: string, units: number): number[] {
  const lives = numbersOf(text, name, 1).map(({ cells }) => cells[0] as number);
  if (lives.length !== units)
    throw malformed(name, lives.length + 1, 1, `${counted(lives.length, "line")} for ${counted(units, "test unit")}; give one a unit`);
  return lives;
}

function numbersOf(text: string, name: string, columns: number): { cells: number[]; line: number }[] {
  return text.split(/\r?\n/).flatMap((content, index) => {
    if (content.trim() === "") return [];
    const cells = [...content.matchAll(/\S+/g)].map((match) => {
      const value = Number(match[0]);
      if (!Number.isFinite(value))
        throw malformed(name, index + 1, match.index + 1, `"${match[0]}" is not a number; mend or remove the line`);
      return value;
    });
    if (cells.length !== columns)
      throw malformed(
        name,
        index + 1,
        content.length + 1,
        `${counted(cells.length, "column")} instead of ${columns}; mend or remove the line`,
      );
    return [{ cells, line: index + 1 }];
  });
}
