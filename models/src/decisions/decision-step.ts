// From scores to an alarm, a ticket and an episode. Pure: step(state, input, thresholds) → state and output. Rows are rows of the machine.
//   normal   → watch    after `raise_rows` scores above `watch` in succession                                              = alarm
//   watch    → warning  after `ticket_rows` rows of evidence in this alarm (a row above `double_above` counts as two)      = ticket
//   warning  → critical while the smoothed score is above `critical`
//   any      → normal   after `clear_rows` scores below `clear_below` in succession
// An episode begins with its first alarm and ends after `episode_end_rows` rows without one, so that a fault that comes and goes is one
// episode with one ticket; or with a reset: a technician closed the ticket, or the baseline was learned again.
// What was judged then sets a bar: as long as the machine has not been normal again, only scores clearly above it (`rise_after_verdict`
// times) are evidence for the next episode, so the same false alarm opens no second ticket and a new fault does.
import type { Thresholds } from "@millwright/contract/model-manifest";
import type { Hold } from "../features/point-features.ts";

export type Level = "normal" | "watch" | "warning" | "critical";

/**
 * Plain JSON. `above`, `below`, `evidence`, `quiet`: rows counted so far; `quiet` since the last alarm of the open episode. `smoothed`: running
 * mean of the score, `peak` its highest in this episode. `bar`: the score evidence must exceed.
 */
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
  readonly quiet: number;
  readonly isRaised: boolean;
  readonly isOpen: boolean;
  readonly isTicketed: boolean;
};

export type DecisionInput = { readonly kind: "score"; readonly score: number | null } | { readonly kind: "reset" };

export type DecisionOutput = {
  readonly level: Level;
  readonly alarm: boolean;
  readonly ticket: boolean;
  /** Number of the open episode, 0 when there is none; it stays open for a while after the alarm. Numbers only grow. */
  readonly episode: number;
  readonly change: "none" | "episode_began" | "ticket_due" | "episode_ended";
  /** To be given to the stream with the next row: which points must not become normal. */
  readonly hold: Hold;
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
  quiet: 0,
  isRaised: false,
  isOpen: false,
  isTicketed: false,
};

const smoothing = 0.1;

/**
 * Whether a verdict "nothing" says that what the machine does *now* is normal (`stream.accept()`): only while the alarm still stands. A verdict
 * comes late; when the alarm has gone by itself there is nothing to re-centre, and whatever moves next must not be taken for what was judged.
 * To be asked before the reset.
 */
export const isAboutNow = (state: DecisionState): boolean => state.isRaised;

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
  const bar = state.isRaised ? Math.max(state.bar, thresholds.rise_after_verdict * state.peak) : 0;
  return { ...state, level: "normal", evidence: 0, peak: 0, above: 0, quiet: 0, bar, isRaised: false, isOpen: false, isTicketed: false };
}

function afterScore(state: DecisionState, score: number, thresholds: Thresholds): DecisionState {
  const above = score > Math.max(thresholds.watch, state.bar) ? state.above + 1 : 0;
  const below = score < thresholds.clear_below ? state.below + 1 : 0;
  const smoothed = state.smoothed + smoothing * (score - state.smoothed);
  const counted: Counted = { lastScore: score, above, below, smoothed, bar: state.bar };
  if (below >= thresholds.clear_rows) return calm(state, { ...counted, above: 0, bar: 0 }, thresholds);
  const isRaised = state.isRaised || above >= thresholds.raise_rows;
  if (!isRaised) return calm(state, counted, thresholds);
  const evidence = state.evidence + (score > thresholds.double_above ? 2 : 1);
  const level = levelOf({ evidence, smoothed }, thresholds);
  const isTicketed = state.isTicketed || isTicket(level);
  const episode = state.isOpen ? state.episode : state.episode + 1;
  return {
    ...state,
    ...counted,
    level,
    evidence,
    peak: Math.max(state.peak, smoothed),
    quiet: 0,
    episode,
    isRaised,
    isOpen: true,
    isTicketed,
  };
}

type Counted = Pick<DecisionState, "lastScore" | "above" | "below" | "smoothed" | "bar">;

/** No alarm in this row: an open episode comes nearer to its end. */
function calm(state: DecisionState, counted: Counted, { episode_end_rows }: Thresholds): DecisionState {
  const quiet = state.isOpen ? state.quiet + 1 : 0;
  const isOver = quiet >= episode_end_rows;
  return {
    ...state,
    ...counted,
    level: "normal",
    evidence: 0,
    isRaised: false,
    quiet: isOver ? 0 : quiet,
    peak: isOver ? 0 : state.peak,
    isOpen: state.isOpen && !isOver,
    isTicketed: state.isTicketed && !isOver,
  };
}

function levelOf({ evidence, smoothed }: Pick<DecisionState, "evidence" | "smoothed">, thresholds: Thresholds): Level {
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
    // Before an alarm a high score is of too few rows to say whose it is.
    hold: after.isRaised ? "involved" : after.lastScore > hold_above ? "all" : "leaders",
  };
}

function changeOf(before: DecisionState, after: DecisionState): DecisionOutput["change"] {
  if (!after.isOpen) return before.isOpen ? "episode_ended" : "none";
  if (after.isTicketed && !before.isTicketed) return "ticket_due";
  return before.isOpen ? "none" : "episode_began";
}

const isTicket = (level: Level): boolean => level === "warning" || level === "critical";
