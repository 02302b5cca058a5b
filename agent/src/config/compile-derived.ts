// The derived points of a machine that passed its check → what fills them in with every row.
import { DerivedPoints } from "../samples/derived-points.ts";
import { compileExpression } from "./cel-expression.ts";
import type { ResolvedMachine } from "./resolved-config.ts";

/** @returns null where the machine has none. @throws Error where an expression is wrong; the check says so before. */
export function compileDerived({ points, derived }: Pick<ResolvedMachine, "points" | "derived">): DerivedPoints | null {
  if (derived.length === 0) return null;
  const names = points.map(({ name }) => name);
  return new DerivedPoints(
    derived.map(({ pointIndex, expression }) => {
      const compiled = compileExpression(expression, names);
      if (!compiled.ok) throw new Error(`${names[pointIndex]} ${compiled.message}`);
      const { uses, evaluate } = compiled.expression;
      const range = points[pointIndex]?.range;
      const inRow = uses.map((name) => ({ name, index: names.indexOf(name) }));
      return { index: pointIndex, uses: inRow, evaluate, ...(range === undefined ? {} : { range }) };
    }),
  );
}
