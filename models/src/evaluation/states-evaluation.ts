// `millwright-models eval states`: a simulated machine with three loads, judged by one baseline of all of them and by one for each, all brought to the same
// share of false alarms on healthy rows that are used for nothing else.
import type { Thresholds } from "@millwright/contract/model-manifest";
import { stateThresholdSettings, thresholdSettings } from "../settings.ts";
import { type Evaluation, rounded } from "./evaluation.ts";
import { type Baselines, judgeStates, learnStates, type StateVerdict } from "./judge-states.ts";
import { type StateMachine, type StateVariant, stateMachine, stateProtocol, withStep } from "./state-cases.ts";

/** `isEqual`: its limits are moved until it has the false alarms of one for each on the calibration rows. */
const rivals = [
  { name: "joint", kind: "joint", thresholds: thresholdSettings, isEqual: false },
  { name: "joint_equal", kind: "joint", thresholds: thresholdSettings, isEqual: true },
  { name: "joint_equal_five_rows", kind: "joint", thresholds: stateThresholdSettings, isEqual: true },
  { name: "each_two_rows", kind: "each", thresholds: thresholdSettings, isEqual: false },
  { name: "each", kind: "each", thresholds: stateThresholdSettings, isEqual: false },
] as const;

export type Learned = { readonly seed: number; readonly machine: StateMachine; readonly joint: Baselines; readonly each: Baselines };
/** `factor`: scores are divided by it. */
type Contender = { readonly name: string; readonly kind: "joint" | "each"; readonly thresholds: Thresholds; readonly factor: number };

export type StateCase = {
  readonly seed: number;
  readonly signal: string;
  readonly size: number;
  /** "disturbed": the untouched rows have a ticket by themselves. */
  readonly outcome: "found" | "missed" | "disturbed";
  /** Rows from the step to its ticket. */
  readonly afterRows: number | null;
};

export const statesEvaluation: Evaluation = {
  summary: "steps in one signal of a simulated machine with three loads: one baseline of all, or one for each",
  isSimulated: true,
  async run({ onProgress }) {
    const variants = [60, 150, 600].flatMap((cycleRows) => (["command", "current"] as const).map((told) => ({ cycleRows, told })));
    const rows: (string | number)[][] = [];
    const report = variants.map((variant) => {
      onProgress(`load changes every ${variant.cycleRows} rows, told by its ${variant.told}`);
      const learned = stateProtocol.seeds.map((seed) => learnMachine(seed, variant));
      const figures = contendersOf(learned).map((one) => {
        const { cases, ...its } = judgeContender(learned, one);
        rows.push(
          ...cases.map(({ seed, signal, size, outcome, afterRows }) => [
            ...[variant.cycleRows, variant.told, one.name, seed, signal, size, outcome],
            afterRows ?? "",
          ]),
        );
        return [one.name, its];
      });
      return { ...variant, ...Object.fromEntries(figures) };
    });
    return {
      report: { set: "states", protocol: stateProtocol, variants: report },
      words: `${JSON.stringify(report, null, 2)}\n`,
      columns: ["cycle_rows", "told", "contender", "seed", "signal", "size", "outcome", "after_rows"],
      rows,
      isWhole: true,
    };
  },
};

export function learnMachine(seed: number, variant: StateVariant): Learned {
  const machine = stateMachine(seed, variant);
  return { seed, machine, joint: learnStates(machine, "joint"), each: learnStates(machine, "each") };
}

export function contendersOf(learned: readonly Learned[]): Contender[] {
  const onCalibration = (one: Contender): number =>
    alarmShare(learned.map((its) => judgeStates(its[one.kind], its.machine.calibration, one)));
  const share = onCalibration({ name: "each", kind: "each", thresholds: stateThresholdSettings, factor: 1 });
  return rivals.map(({ isEqual, ...one }) => ({
    ...one,
    factor: isEqual ? equalFactor((factor) => onCalibration({ ...one, factor }), share) : 1,
  }));
}

/** The smallest factor at which no larger share of the rows is in alarm; the larger it is, the fewer are. */
function equalFactor(shareAt: (factor: number) => number, share: number): number {
  let [low, high] = [0.2, 5];
  for (let step = 0; step < 12; step += 1) {
    const middle = (low + high) / 2;
    if (shareAt(middle) > share) low = middle;
    else high = middle;
  }
  return high;
}

function alarmShare(runs: readonly (readonly StateVerdict[])[]): number {
  const rows = runs.flat();
  return rows.filter(({ alarm }) => alarm).length / rows.length;
}

/** Over all machines. Shares are percent of the rows; `after_rows` the median of the found ones. */
export function judgeContender(learned: readonly Learned[], one: Contender) {
  const on = (part: "calibration" | "judged"): StateVerdict[][] => learned.map((its) => judgeStates(its[one.kind], its.machine[part], one));
  const untouched = on("judged");
  const cases = learned.flatMap((its, n) => casesOf(its, one, untouched[n] ?? []));
  const rows = untouched.flat();
  const bySize = stateProtocol.sizes.map((size) => {
    const its = cases.filter((each) => each.size === size);
    const count = (outcome: StateCase["outcome"]): number => its.filter((each) => each.outcome === outcome).length;
    const figures = { cases: its.length, found: count("found"), missed: count("missed"), disturbed: count("disturbed") };
    return [`steps_of_${size}`, { ...figures, after_rows: medianAfter(its) }];
  });
  return {
    factor: rounded(one.factor, 3),
    false_alarm_calibration: rounded(100 * alarmShare(on("calibration")), 2),
    false_alarm: rounded(100 * alarmShare(untouched), 2),
    unscored: rounded((100 * rows.filter(({ isScored }) => !isScored).length) / rows.length, 1),
    ...(Object.fromEntries(bySize) as Record<string, { cases: number; found: number; missed: number; disturbed: number }>),
    cases,
  };
}

function casesOf({ seed, machine, ...its }: Learned, one: Contender, twin: readonly StateVerdict[]): StateCase[] {
  const isDisturbed = twin.some(({ ticket }) => ticket);
  return stateProtocol.sizes.flatMap((size) =>
    machine.points.map(({ name: signal }, point): StateCase => {
      const rows = withStep(machine, { point, size: (seed + point) % 2 === 0 ? size : -size });
      const at = stateProtocol.quietRows;
      const ticketAt = judgeStates(its[one.kind], rows, one).findIndex(({ ticket }, n) => ticket && n >= at);
      const isFound = ticketAt >= 0;
      const outcome = isDisturbed ? "disturbed" : isFound ? "found" : "missed";
      return { seed, signal, size, outcome, afterRows: isFound ? ticketAt - at : null };
    }),
  );
}

function medianAfter(cases: readonly StateCase[]): number | null {
  const found = cases.filter(({ outcome }) => outcome === "found").flatMap(({ afterRows }) => afterRows ?? []);
  return found.toSorted((a, b) => a - b)[Math.floor(found.length / 2)] ?? null;
}
