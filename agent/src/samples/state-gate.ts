// Which of its running states a machine is in, row by row (idle, half, full load): each has a normal of its own. Pure; the state of the gate is plain
// JSON. The first state whose expression holds counts; where none holds the row is not judged, and neither is it for a while after a change.
import { holds, type RowCondition, type Running } from "./running-gate.ts";

export type StateRule = RowCondition & { readonly name: string; readonly expression: string };

export type StatesRule = {
  /** In order of preference. */
  readonly states: readonly StateRule[];
  /** Machine ms. */
  readonly settleMs: number;
  /** A state may be unheard or unknown for so long, machine ms; after that it settles anew. */
  readonly gapMs: number;
};

/** `no_state`: it runs, but in none of its states. `unknown`: a point that says whether it runs, or in which state, has no good value. */
export type Judging = Running | "no_state";

export type StateGate = {
  readonly now: Judging;
  /** The last state that held; null before the first. */
  readonly name: string | null;
  /** Since when it is in that state without a break, machine ms; null where it is in none. */
  readonly sinceMs: number | null;
  /** When a state was seen to hold last, machine ms. */
  readonly lastMs: number;
};

const noGate: StateGate = { now: "unknown", name: null, sinceMs: null, lastMs: 0 };

/** One row: `running` as the running gate says, `values` of all points, NaN where bad, at `atMs` (machine time that never goes back). */
export function stateStep(
  before: StateGate = noGate,
  { running, values, atMs }: { running: Running; values: Float64Array; atMs: number },
  { states, settleMs, gapMs }: StatesRule,
): StateGate {
  if (running === "unknown") return { ...before, now: "unknown" };
  if (running === "stopped") return { ...before, now: "stopped", sinceMs: null };
  const name = stateOf(values, states);
  if (name === null) return { ...before, now: "unknown" };
  if (name === "") return { ...before, now: "no_state", sinceMs: null };
  const goesOn = before.sinceMs !== null && before.name === name && atMs - before.lastMs <= gapMs;
  const sinceMs = goesOn ? before.sinceMs : atMs;
  return { now: running === "settling" || atMs - sinceMs < settleMs ? "settling" : "running", name, sinceMs, lastMs: atMs };
}

/** @returns "" where none holds; null where that is not known, for an expression before the first that holds has a bad point */
function stateOf(values: Float64Array, states: readonly StateRule[]): string | null {
  for (const state of states) {
    const isIt = holds(values, state);
    if (isIt === null) return null;
    if (isIt) return state.name;
  }
  return "";
}
