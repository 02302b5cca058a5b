// The derived points of a machine → points that stand behind the others, and the expressions that make them; and what is wrong with them.
import type { DerivedPoint } from "@millwright/contract/agent-config";
import { compileExpression } from "./cel-expression.ts";
import type { ConfigReport, Path } from "./config-report.ts";
import type { ResolvedDerived, ResolvedPoint } from "./resolved-config.ts";

export type DerivedParts = { readonly points: readonly ResolvedPoint[]; readonly derived: readonly ResolvedDerived[] };

/** @param others the machine's other points; null where they are not all known, because something else is wrong. */
export function resolveDerived(
  derived: Readonly<Record<string, DerivedPoint>>,
  others: readonly ResolvedPoint[] | null,
  path: Path,
  report: ConfigReport,
): DerivedParts {
  const names = Object.keys(derived);
  const given = (others ?? []).map(({ name }) => name);
  const usesOf = new Map<string, readonly string[]>();
  for (const [name, point] of Object.entries(derived)) {
    const at = placeOf(point, [...path, name]);
    if (given.includes(name)) report.error([...path, name], "is a point of this machine already. Give it another name.", "key");
    if (typeof point !== "string" && point.range !== undefined && point.range[0] >= point.range[1])
      report.error([...path, name, "range"], `must be [lowest, highest], not [${point.range.join(", ")}].`);
    const compiled = compileExpression(expressionOf(point), others === null ? null : [...given, ...names]);
    if (compiled.ok) usesOf.set(name, compiled.expression.uses);
    else report.error(at, compiled.message, compiled.at);
  }
  for (const [name, uses] of usesOf) checkOrder({ name, uses, names, usesOf }, placeOf(derived[name] ?? "", [...path, name]), report);
  const first = given.length;
  return {
    points: Object.entries(derived).map(([name, point]) => resolvedPoint(name, point)),
    derived: Object.values(derived).map((point, i) => ({ pointIndex: first + i, expression: expressionOf(point) })),
  };
}

const expressionOf = (point: DerivedPoint): string => (typeof point === "string" ? point : point.expression);

const placeOf = (point: DerivedPoint, path: Path): Path => (typeof point === "string" ? path : [...path, "expression"]);

function resolvedPoint(name: string, point: DerivedPoint): ResolvedPoint {
  const { unit, range } = typeof point === "string" ? { unit: "1", range: undefined } : point;
  return { name, unit, role: "measurement", ...(range === undefined ? {} : { range }) };
}

type Order = { name: string; uses: readonly string[]; names: readonly string[]; usesOf: ReadonlyMap<string, readonly string[]> };

// Each is computed once, in the order of the file. A circle is told at the first of its points.
function checkOrder({ name, uses, names, usesOf }: Order, path: Path, report: ConfigReport): void {
  const later = uses.find((use) => names.indexOf(use) >= names.indexOf(name));
  if (later === undefined) return;
  const circle = wayTo(name, later, usesOf);
  if (circle === null) report.error(path, `uses "${later}", which stands behind it. Move ${later} up.`);
  else if (circle.every((other) => names.indexOf(other) >= names.indexOf(name)))
    report.error(path, `is made of itself: ${[name, ...circle].join(" uses ")}. Break the circle.`);
}

// From `from` to `target`, both included, over what uses what; null where there is no way.
function wayTo(
  target: string,
  from: string,
  usesOf: ReadonlyMap<string, readonly string[]>,
  seen: ReadonlySet<string> = new Set(),
): string[] | null {
  if (from === target) return [target];
  if (seen.has(from)) return null;
  for (const next of usesOf.get(from) ?? []) {
    const way = wayTo(target, next, usesOf, new Set([...seen, from]));
    if (way !== null) return [from, ...way];
  }
  return null;
}
