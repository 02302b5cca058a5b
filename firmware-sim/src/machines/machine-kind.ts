// What every kind of simulated machine is: a pure step and the points it shows.
import type { Random } from "../random/random.ts";
import type { Ailment } from "./ailment.ts";

export type StepInput = {
  /** Machine time since the last step. */
  dtMs: number;
  ailments: readonly Ailment[];
  /** The machine's own stream; the only thing a step may draw from. */
  random: Random;
};

export type MachineKind<State> = {
  /** The device template it is served with. */
  template: string;
  /** The point of the template that counts its rows. */
  counter: string;
  /** Warmed up, running, at machine time 0. */
  start(random: Random): State;
  step(state: State, input: StepInput): State;
  /** What its sensors show, by point of the template, in the template's units. */
  points(state: State): Record<string, number>;
};
