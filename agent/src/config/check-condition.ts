// An expression of the configuration that must be true or false of a row: `running_when`, each of `states`. What is wrong with it, and what it becomes.
import type { RowCondition } from "../samples/running-gate.ts";
import { compileExpression } from "./cel-expression.ts";
import type { ConfigReport, Path } from "./config-report.ts";

/** @param known the machine's points; null where they are not all known @param what of which it is said, e.g. "a machine runs or does not" */
export function checkCondition(expression: string, known: readonly string[] | null, what: string, at: Path, report: ConfigReport): void {
  const compiled = compileExpression(expression, known);
  if (!compiled.ok) report.error(at, compiled.message, compiled.at);
  else if (compiled.expression.makes === "number") report.error(at, `makes a number, and ${what}. Compare it, e.g. POINT > 0.`, 0);
  else if (compiled.expression.uses.length === 0)
    report.error(at, "uses no point, so it would never change. Use points of this machine.", 0);
}

/** For an expression that passed its check. @param names of the machine's points, in the order of its rows @throws Error where it is wrong */
export function compileCondition(expression: string, names: readonly string[]): RowCondition {
  const compiled = compileExpression(expression, names);
  if (!compiled.ok) throw new Error(`"${expression}" ${compiled.message}`);
  const { uses, evaluate } = compiled.expression;
  return { uses: uses.map((name) => ({ name, index: names.indexOf(name) })), evaluate };
}
