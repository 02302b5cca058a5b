// `running_when`, `states` and `settle` of a machine → when it counts as running, and in which state; and what is wrong with them.
import type { MachineConfig } from "@millwright/contract/agent-config";
import type { RunningRule } from "../samples/running-gate.ts";
import type { StatesRule } from "../samples/state-gate.ts";
import { checkCondition, compileCondition } from "./check-condition.ts";
import type { ConfigReport, Path } from "./config-report.ts";
import type { ResolvedMachine, ResolvedRunning, ResolvedStates } from "./resolved-config.ts";

/** `running` absent: it always runs. `states` absent: it has one normal. */
export type RunningParts = { readonly running?: ResolvedRunning; readonly states?: ResolvedStates };

/** @param known the machine's points; null where they are not all known, because something else is wrong */
export function resolveRunning(
  { running_when: runningWhen, states, settle, model }: Pick<MachineConfig, "running_when" | "states" | "settle" | "model">,
  known: readonly string[] | null,
  path: Path,
  report: ConfigReport,
): RunningParts {
  if (runningWhen === undefined && states === undefined && settle > 0)
    report.error([...path, "settle"], "says nothing without running_when. Say when this machine runs.", "key");
  if (runningWhen !== undefined) checkCondition(runningWhen, known, "a machine runs or does not", [...path, "running_when"], report);
  if (states !== undefined && model !== "auto")
    report.error(
      [...path, "states"],
      "are learned on the box, and model: gives one bundle for all of them. Leave one of the two out.",
      "key",
    );
  const named = Object.entries(states ?? {}).map(([name, expression]) => ({ name, expression }));
  for (const { name, expression } of named)
    checkCondition(expression, known, "a machine is in a state or is not", [...path, "states", name], report);
  return {
    ...(runningWhen === undefined ? {} : { running: { expression: runningWhen, settleMs: settle } }),
    ...(states === undefined ? {} : { states: { named, settleMs: settle } }),
  };
}

/** Periods of the machine it may be unheard before it settles anew; a settling time that is longer goes before. */
const gapPeriods = 4;

const gapOf = (settleMs: number, everyMs: number): number => Math.max(settleMs, gapPeriods * everyMs);

/** For a machine that passed its check. @returns null where it always runs. @throws Error where the expression is wrong */
export function compileRunning({ points, running, everyMs }: Pick<ResolvedMachine, "points" | "running" | "everyMs">): RunningRule | null {
  if (running === undefined) return null;
  const { expression, settleMs } = running;
  const names = points.map(({ name }) => name);
  return { ...compileCondition(expression, names), settleMs, gapMs: gapOf(settleMs, everyMs) };
}

/** The same. @returns null where it has no states */
export function compileStates({ points, states, everyMs }: Pick<ResolvedMachine, "points" | "states" | "everyMs">): StatesRule | null {
  if (states === undefined) return null;
  const { named, settleMs } = states;
  const names = points.map(({ name }) => name);
  const rules = named.map((state) => ({ ...state, ...compileCondition(state.expression, names) }));
  return { states: rules, settleMs, gapMs: gapOf(settleMs, everyMs) };
}
