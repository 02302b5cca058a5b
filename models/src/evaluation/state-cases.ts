// A simulated machine that takes three loads in any order, with a step in one signal: what a baseline for each of its running states finds, and what one of
// all of them does. A seed is a machine.
import { meanOf, spreadOf } from "../detectors/statistics.ts";
import type { Row } from "../features/row.ts";
import { disturbRow } from "./disturb-row.ts";
import { syntheticRows } from "./synthetic-rows.ts";

/**
 * Rows, one a second. `learnRows` of each state, `settleRows` after a change are neither learned nor judged; a joint baseline learns from all rows meanwhile.
 * `sizes`: of a step, in spreads of the signal within a state. No other seeds were looked at with these rules but 1–6 and 21–24 (docs/decisions/0021).
 */
export const stateProtocol = {
  loads: [0.2, 0.6, 0.95],
  learnRows: 600,
  settleRows: 10,
  calibrateRows: 3_000,
  quietRows: 60,
  faultRows: 900,
  sizes: [4, 16],
  seeds: [31, 32, 33, 34, 35, 36],
} as const;

/** `told`: by what the machine is asked for (a command, a state word), or by a current that follows it: above 43 A full, above 32 A half, else idle. */
export type StateVariant = { readonly cycleRows: number; readonly told: "command" | "current" };

/** `state`: which one it is in; `isSettled` false: not judged yet. */
export type StateRow = Row & { readonly state: string; readonly isSettled: boolean };

export type StateMachine = {
  readonly told: StateVariant["told"];
  readonly points: readonly { readonly name: string; readonly unit: string }[];
  readonly learning: readonly StateRow[];
  /** Healthy rows in which all are brought to the same share of false alarms; used for nothing else. */
  readonly calibration: readonly StateRow[];
  /** Healthy rows; a case has its step `quietRows` from their beginning. */
  readonly judged: readonly StateRow[];
  /** Of each point within a state, the mean of the three. */
  readonly spreads: readonly number[];
};

const currentIn = (row: Row | undefined): number => row?.values[1] ?? Number.NaN;
const currentOf = (load: number): number => 20 + 30 * load;
const stateOf = (currentA: number): string => (currentA > 43 ? "full" : currentA > 32 ? "half" : "idle");

export function stateMachine(seed: number, { cycleRows, told }: StateVariant): StateMachine {
  const { loads, learnRows, calibrateRows, quietRows, faultRows } = stateProtocol;
  // As many rows as it can take until the rarest of three states has its rows.
  const { points, rows, asked } = syntheticRows({ seed, rows: 20 * learnRows, cycleRows, loads });
  const all = withStates(rows, (n) => stateOf(told === "command" ? currentOf(asked[n] as number) : currentIn(rows[n])));
  const seen = new Map<string, number>();
  const end = all.findIndex(({ state, isSettled }) => {
    if (isSettled) seen.set(state, (seen.get(state) ?? 0) + 1);
    return seen.size === loads.length && [...seen.values()].every((count) => count >= learnRows);
  });
  const learning = all.slice(0, end + 1);
  const judgedAt = learning.length + calibrateRows;
  const judged = all.slice(judgedAt, judgedAt + quietRows + faultRows);
  if (end < 0 || judged.length < quietRows + faultRows) throw new Error(`seed ${seed}: too few rows for three states`);
  const spreads = points.map((_, p) => spreadWithin(learning, p));
  return { told, points, learning, calibration: all.slice(learning.length, judgedAt), judged, spreads };
}

/** The judged rows with a step in one point, `size` of its spreads high. The load is what it was; a state that the current tells may be another now. */
export function withStep({ told, judged, spreads }: StateMachine, { point, size }: { point: number; size: number }): StateRow[] {
  const fault = { kind: "step", point, size: size * (spreads[point] as number), driftRows: 0 } as const;
  const rows = judged.map((row, n) => ({ ...row, values: disturbRow(row, fault, n - stateProtocol.quietRows).values }));
  return told === "command" ? rows : withStates(rows, (n) => stateOf(currentIn(rows[n])));
}

function withStates(rows: readonly Row[], stateAt: (row: number) => string): StateRow[] {
  let [before, sinceRow] = ["", 0];
  return rows.map((row, n) => {
    const state = stateAt(n);
    if (state !== before) [before, sinceRow] = [state, n];
    return { ...row, state, isSettled: n - sinceRow >= stateProtocol.settleRows };
  });
}

function spreadWithin(rows: readonly StateRow[], point: number): number {
  const byState = Map.groupBy(
    rows.filter(({ isSettled }) => isSettled),
    ({ state }) => state,
  );
  return meanOf(
    [...byState.values()].map((its) => {
      const values = its.map(({ values }) => values[point] as number);
      return spreadOf(values, meanOf(values));
    }),
  );
}
