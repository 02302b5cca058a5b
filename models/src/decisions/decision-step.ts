// From scores to an alarm, a ticket and an episode. Pure: step(state, input, thresholds) → state and output. Rows are rows of the machine.
//   normal   → watch    after `raise_rows` scores above `watch` in succession                    = alarm
//   watch    → warning  after `ticket_rows` rows of evidence in this episode (a row above `double_above` counts as two) = ticket
//   warning  → critical while the smoothed score is above `critical`
//   any      → normal   after `clear_rows` scores below `clear_below` in succession
// An episode begins when the level leaves normal and ends when it is back there, or with a reset: a technician closed the ticket, or the
// baseline was learned again. What was judged then sets a bar: as long as the machine has not been normal again, only scores clearly above
// it (`rise_after_verdict` times) are evidence for the next episode, so the same false alarm opens no second ticket and a new fault does.
import type { Thresholds } from "@millwright/contract/model-manifest";

export type Level = "normal" | "watch" | "warning" | "critical";

/** Plain JSON. `bar`: the score evidence must exceed. `smoothed`: running mean of the score. */
export type DecisionState = {
  readonly level: Level;
  readonly above: number;
  readonly below: number;
  readonly evidence: number;
  readonly smoothed: number;
  readonly lastScore: number;
  readonly peak: number;
  readonly bar: number;
  readonly episode: number;
  readonly isOpen: boolean;
};

export type DecisionInput = { readonly kind: "score"; readonly score: number | null } | { readonly kind: "reset" };

export type DecisionOutput = {
  readonly level: Level;
  readonly alarm: boolean;
  readonly ticket: boolean;
  /** Number of the open episode, 0 when there is none. Numbers only grow. */
  readonly episode: number;
  readonly change: "none" | "episode_began" | "ticket_due" | "episode_ended";
  /** To be given to the stream with the next row. */
  readonly hold: boolean;
};

export const initialDecision: DecisionState = {
  level: "normal",
  above: 0,
  below: 0,
  evidence: 0,
  smoothed: 0,
  lastScore: 0,
  peak: 0,
  bar: 0,
  episode: 0,
  isOpen: false,
};

const smoothing = 0.1;

export function decisionStep(
  state: DecisionState,
  input: DecisionInput,
  thresholds: Thresholds,
): { readonly state: DecisionState; readonly output: DecisionOutput } {
  const next =
    input.kind === "reset" ? afterVerdict(state, thresholds) : input.score === null ? state : afterScore(state, input.score, thresholds);
  return { state: next, output: outputOf(state, next, thresholds) };
}

function afterVerdict(state: DecisionState, thresholds: Thresholds): DecisionState {
  if (!state.isOpen) return state;
  const bar = Math.max(state.bar, thresholds.rise_after_verdict * state.peak);
  return { ...state, level: "normal", evidence: 0, peak: 0, above: 0, bar, isOpen: false };
}

function afterScore(state: DecisionState, score: number, thresholds: Thresholds): DecisionState {
  const above = score > Math.max(thresholds.watch, state.bar) ? state.above + 1 : 0;
  const below = score < thresholds.clear_below ? state.below + 1 : 0;
  const smoothed = state.smoothed + smoothing * (score - state.smoothed);
  if (below >= thresholds.clear_rows)
    return { ...state, level: "normal", lastScore: score, above: 0, below, evidence: 0, smoothed, peak: 0, bar: 0, isOpen: false };
  const isOpen = state.isOpen || above >= thresholds.raise_rows;
  const episode = isOpen && !state.isOpen ? state.episode + 1 : state.episode;
  const evidence = isOpen ? state.evidence + (score > thresholds.double_above ? 2 : 1) : 0;
  const peak = isOpen ? Math.max(state.peak, smoothed) : 0;
  const level = levelOf({ isOpen, evidence, smoothed }, thresholds);
  return { ...state, level, lastScore: score, above, below, evidence, smoothed, peak, episode, isOpen };
}

function levelOf({ isOpen, evidence, smoothed }: Pick<DecisionState, "isOpen" | "evidence" | "smoothed">, thresholds: Thresholds): Level {
  if (!isOpen) return "normal";
  if (evidence < thresholds.ticket_rows) return "watch";
  return smoothed > thresholds.critical ? "critical" : "warning";
}

function outputOf(before: DecisionState, after: DecisionState, { hold_above }: Thresholds): DecisionOutput {
  const { level, isOpen, episode } = after;
  return {
    level,
    alarm: level !== "normal",
    ticket: isTicket(level),
    episode: isOpen ? episode : 0,
    change: changeOf(before, after),
    hold: isOpen || after.lastScore > hold_above,
  };
}

function changeOf(before: DecisionState, after: DecisionState): DecisionOutput["change"] {
  if (!after.isOpen) return before.isOpen ? "episode_ended" : "none";
  if (isTicket(after.level) && !isTicket(before.level)) return "ticket_due";
  return before.isOpen ? "none" : "episode_began";
}

const isTicket = (level: Level): boolean => level === "warning" || level === "critical";
