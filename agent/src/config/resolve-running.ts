// `running_when` and `settle` of a machine → when it counts as running; and what is wrong with them.
import type { MachineConfig } from "@millwright/contract/agent-config";
import type { RunningRule } from "../samples/running-gate.ts";
import { compileExpression } from "./cel-expression.ts";
import type { ConfigReport, Path } from "./config-report.ts";
import type { ResolvedMachine, ResolvedRunning } from "./resolved-config.ts";

/** @param known the machine's points; null where they are not all known, because something else is wrong. @returns null where nothing is said: it always runs */
export function resolveRunning(
  { running_when: expression, settle }: Pick<MachineConfig, "running_when" | "settle">,
  known: readonly string[] | null,
  path: Path,
  report: ConfigReport,
): ResolvedRunning | null {
  if (expression === undefined) {
    if (settle > 0) report.error([...path, "settle"], "says nothing without running_when. Say when this machine runs.", "key");
    return null;
  }
  const at = [...path, "running_when"];
  const compiled = compileExpression(expression, known);
  if (!compiled.ok) report.error(at, compiled.message, compiled.at);
  else if (compiled.expression.makes === "number")
    report.error(at, "makes a number, and a machine runs or does not. Compare it, e.g. POINT > 0.", 0);
  else if (compiled.expression.uses.length === 0)
    report.error(at, "uses no point, so it would never change. Use points of this machine.", 0);
  return { expression, settleMs: settle };
}

/** Periods of the machine it may be unheard before it settles anew; a settling time that is longer goes before. */
const gapPeriods = 4;

/** For a machine that passed its check. @returns null where it always runs. @throws Error where the expression is wrong */
export function compileRunning({ points, running, everyMs }: Pick<ResolvedMachine, "points" | "running" | "everyMs">): RunningRule | null {
  if (running === undefined) return null;
  const names = points.map(({ name }) => name);
  const compiled = compileExpression(running.expression, names);
  if (!compiled.ok) throw new Error(`running_when ${compiled.message}`);
  const { uses, evaluate } = compiled.expression;
  const { settleMs } = running;
  return {
    uses: uses.map((name) => ({ name, index: names.indexOf(name) })),
    evaluate,
    settleMs,
    gapMs: Math.max(settleMs, gapPeriods * everyMs),
  };
}
