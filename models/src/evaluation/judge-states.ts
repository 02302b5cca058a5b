// One machine with a baseline for each of its running states, or one of all: a stream and a detector of each, one decision of the machine, as the agent does it.
import type { Thresholds } from "@millwright/contract/model-manifest";
import { type DecisionState, decisionStep, initialDecision } from "../decisions/decision-step.ts";
import { scoreOf } from "../detectors/distances-of.ts";
import { type Detector, learnDetector } from "../detectors/learn-detector.ts";
import { MachineStream } from "../features/machine-stream.ts";
import type { Hold } from "../features/point-features.ts";
import { type StateMachine, type StateRow, stateProtocol } from "./state-cases.ts";

export type StateDetector = { readonly detector: Detector; readonly learning: readonly StateRow[] };
/** By state; of `all`, where it is one of all. */
export type Baselines = ReadonlyMap<string, StateDetector>;
export type StateVerdict = { readonly alarm: boolean; readonly ticket: boolean; readonly isScored: boolean };

/** @throws Error where learning is refused */
export function learnStates({ points, learning }: StateMachine, kind: "each" | "joint"): Baselines {
  const settled = learning.filter(({ isSettled }) => isSettled);
  const rowsOf = kind === "joint" ? new Map([["all", [...learning]]]) : Map.groupBy(settled, ({ state }) => state);
  return new Map(
    [...rowsOf].map(([state, rows]) => {
      // On the box learning ends with the first rows that are enough.
      const its = kind === "joint" ? rows : rows.slice(0, stateProtocol.learnRows);
      const learned = learnDetector({ points, periodMs: 1_000, rows: its });
      if (!learned.ok) throw new Error(`${state}: ${learned.reason}`);
      return [state, { detector: learned.detector, learning: its }];
    }),
  );
}

/** @param options its `factor`: the score is divided by it; 1 = as learned */
export function judgeStates(
  baselines: Baselines,
  rows: readonly StateRow[],
  { factor, thresholds }: { factor: number; thresholds: Thresholds },
): StateVerdict[] {
  const streams = new Map([...baselines].map(([state, one]) => [state, primed(one)]));
  const isJoint = baselines.has("all");
  let decision: DecisionState = initialDecision;
  let hold: Hold = "leaders";
  let before = "";
  return rows.map((row) => {
    const state = isJoint ? "all" : row.state;
    if (state !== before) decision = { ...decision, above: 0 };
    before = state;
    const features = isJoint || row.isSettled ? streams.get(state)?.push({ ...row, hold }).features : null;
    const weights = baselines.get(state)?.detector.weights;
    const score = features == null || weights === undefined ? null : scoreOf(features, weights) / factor;
    const { state: next, output } = decisionStep(decision, { kind: "score", score }, thresholds);
    decision = next;
    hold = output.hold;
    return { alarm: output.alarm, ticket: output.ticket, isScored: score !== null };
  });
}

function primed({ detector: { features, stillness }, learning }: StateDetector): MachineStream {
  const stream = new MachineStream({ schema: features, stillness });
  stream.prime(learning);
  return stream;
}
