// Whether a machine runs, row by row: a machine that stands still is no anomaly, and what it shows then is not its normal. Pure; the state is
// plain JSON.

/** `settling`: it runs, but started too short a time ago. `unknown`: a point that says so has no good value. Only `running` is judged and learned. */
export type Running = "running" | "settling" | "stopped" | "unknown";

export type RunningState = {
  readonly now: Running;
  /** Since when it runs without a break, machine ms; null where it does not, or was not heard yet. */
  readonly sinceMs: number | null;
  /** When it was last seen running, machine ms. */
  readonly lastMs: number;
};

/** An expression that holds for a row, or does not. */
export type RowCondition = {
  /** The points the expression uses, with their places in the row. */
  readonly uses: readonly { readonly name: string; readonly index: number }[];
  /** 1: it holds, 0: it does not. */
  readonly evaluate: (values: Readonly<Record<string, number>>) => number;
};

export type RunningRule = RowCondition & {
  /** Machine ms. */
  readonly settleMs: number;
  /** It may be unheard or unknown for so long, machine ms; after that it settles anew. */
  readonly gapMs: number;
};

/**
 * One row: `values` of all points, NaN where bad, at `atMs` (machine time that never goes back). A bad point never counts as running. Nobody knows
 * how long a machine has been running that is heard for the first time, so it settles, too.
 */
export function runningStep(
  before: RunningState | undefined,
  { values, atMs }: { values: Float64Array; atMs: number },
  rule: RunningRule,
): RunningState {
  const { sinceMs: knownMs, lastMs } = before ?? { sinceMs: null, lastMs: atMs };
  const isRunning = holds(values, rule);
  if (isRunning === null) return { now: "unknown", sinceMs: knownMs, lastMs };
  if (!isRunning) return { now: "stopped", sinceMs: null, lastMs };
  const sinceMs = knownMs === null || atMs - lastMs > rule.gapMs ? atMs : knownMs;
  return { now: atMs - sinceMs < rule.settleMs ? "settling" : "running", sinceMs, lastMs: atMs };
}

/** @returns null where a point of the condition has no good value */
export function holds(values: Float64Array, { uses, evaluate }: RowCondition): boolean | null {
  const known = uses.map(({ name, index }): [string, number] => [name, values[index] ?? Number.NaN]);
  return known.every(([, value]) => Number.isFinite(value)) ? evaluate(Object.fromEntries(known)) === 1 : null;
}
