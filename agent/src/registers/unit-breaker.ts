// The breaker of one unit on a bus: a unit that keeps silent is only probed now and then, so that the others keep their rate. Pure state machine.

export type BreakerState = {
  readonly failuresInARow: number;
  /** Real time in ms before which the unit is left alone; null while it is up. */
  readonly probeAtMs: number | null;
  /** It never answered yet: its first failure opens the breaker. */
  readonly isStranger: boolean;
};

export type BreakerRules = {
  /** Requests without an answer before the unit counts as down. */
  readonly failuresToOpen: number;
  /** Real ms between probes. 0: every request is a probe (nobody else waits for this bus). */
  readonly probeEveryMs: number;
};

/** Real ms until the first probe of a unit that answered before; doubles up to the probing interval. */
const firstProbeMs = 1_000;

export const breakerUp: BreakerState = { failuresInARow: 0, probeAtMs: null, isStranger: false };
/** Of a unit that was not asked yet. */
export const breakerNew: BreakerState = { ...breakerUp, isStranger: true };

/** `ask`: as always · `probe`: once, without retries, as it did not answer last time · `refuse`: not now. */
export function breakerAdmits(state: BreakerState, nowMs: number): "ask" | "probe" | "refuse" {
  if (state.probeAtMs === null) return state.failuresInARow === 0 ? "ask" : "probe";
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
  if (isAnswered) return breakerUp;
  const failuresInARow = state.failuresInARow + 1;
  const isOpen = state.isStranger || failuresInARow >= failuresToOpen;
  // A unit that answered before is asked again soon, then ever more rarely: it may only be on a bad line.
  const soonMs = state.isStranger ? probeEveryMs : Math.min(probeEveryMs, firstProbeMs * 2 ** (failuresInARow - failuresToOpen));
  return { failuresInARow, probeAtMs: isOpen ? nowMs + soonMs : null, isStranger: state.isStranger };
}
