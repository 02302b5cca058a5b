// The breaker of one unit on a bus: a unit that keeps silent is only probed now and then, so that the others keep their rate. Pure state machine.

export type BreakerState = {
  readonly failuresInARow: number;
  /** Real time in ms before which the unit is left alone; null while it is up. */
  readonly probeAtMs: number | null;
};

export type BreakerRules = {
  /** Requests without an answer before the unit counts as down. */
  readonly failuresToOpen: number;
  /** Real ms between probes. 0: every request is a probe (nobody else waits for this bus). */
  readonly probeEveryMs: number;
};

export const breakerUp: BreakerState = { failuresInARow: 0, probeAtMs: null };

/** `ask`: as always · `probe`: once, without retries · `refuse`: not now. */
export function breakerAdmits(state: BreakerState, nowMs: number): "ask" | "probe" | "refuse" {
  if (state.probeAtMs === null) return "ask";
  return nowMs >= state.probeAtMs ? "probe" : "refuse";
}

/** The state while a probe is under way: one at a time. */
export function breakerProbing(state: BreakerState, nowMs: number, { probeEveryMs }: BreakerRules): BreakerState {
  return { ...state, probeAtMs: nowMs + probeEveryMs };
}

/** The state after an answer, or after none. An exception is an answer: the unit lives. */
export function breakerStep(
  state: BreakerState,
  isAnswered: boolean,
  nowMs: number,
  { failuresToOpen, probeEveryMs }: BreakerRules,
): BreakerState {
  if (isAnswered) return state.failuresInARow === 0 ? state : breakerUp;
  const failuresInARow = state.failuresInARow + 1;
  return { failuresInARow, probeAtMs: failuresInARow >= failuresToOpen ? nowMs + probeEveryMs : null };
}
