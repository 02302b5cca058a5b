// What a machine with running states remembers beside the rest: which state it is in, how far the baseline of each is, which of them spoke last.
// A machine without states has one phase and one count of learning rows, in its own state. Pure; plain JSON.
import type { StateGate } from "../samples/state-gate.ts";
import { type Learning, noLearning } from "./learning.ts";

/** How far a baseline is. */
export type Progress = { phase: "learning" | "scoring"; learning: Learning };

export type StatesMemory = {
  /** Absent before the first row. */
  readonly gate?: StateGate;
  /** By state; absent where nothing was learned of it. */
  readonly progress: Readonly<Record<string, Progress>>;
  /** The state whose model scored last: a level that is held, and its evidence, are its own. */
  readonly judged: string | null;
  /** States that alarmed since the alarm that stands began: a verdict "nothing" is about what they showed. */
  readonly alarmed: readonly string[];
};

/** The part of a machine's state this is about. */
type Remembering = Progress & { states?: StatesMemory };

export const noStatesMemory: StatesMemory = { progress: {}, judged: null, alarmed: [] };

const notBegun: Progress = { phase: "learning", learning: noLearning };

/** @param name of the state; null: the machine has none */
export const progressOf = (state: Remembering, name: string | null): Progress =>
  name === null ? state : (state.states?.progress[name] ?? notBegun);

/** The state it is in; null where it is in none, or has none. */
export function stateNow({ states }: Remembering): string | null {
  const gate = states?.gate;
  return gate?.now === "running" || gate?.now === "settling" ? gate.name : null;
}

export function withProgress<S extends Remembering>(state: S, name: string | null, change: Partial<Progress>): S {
  if (name === null) return { ...state, ...change };
  const { states = noStatesMemory } = state;
  return { ...state, states: { ...states, progress: { ...states.progress, [name]: { ...progressOf(state, name), ...change } } } };
}

/** After a row of state `name` was judged. @param isAlarm its score is above the limit @returns the same object where nothing changes */
export function withAlarm<S extends Remembering & { decision: { readonly isRaised: boolean } }>(
  state: S,
  { name, isAlarm }: { name: string; isAlarm: boolean },
): S {
  const { states = noStatesMemory, decision } = state;
  const { alarmed } = states;
  const next = !decision.isRaised ? [] : isAlarm && !alarmed.includes(name) ? [...alarmed, name] : alarmed;
  return next.length === alarmed.length ? state : { ...state, states: { ...states, alarmed: next } };
}
