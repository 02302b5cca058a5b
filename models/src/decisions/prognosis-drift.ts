// Are machines of whom a prognosis is to speak still like those it learned from? Of their first cycles, each signal in each operating condition; and
// how many of all cycles run in no condition that was learned. In: the ends of cycles. Out: what drifted, in figures and a sentence. Pure; the same on
// the box, whose state is a dozen counts a signal and condition, and for `drift`.
import type { PrognosisManifest } from "@millwright/contract/prognosis-manifest";
import { conditionIndex, distanceToCondition } from "../features/operating-conditions.ts";
import type { CycleEnd } from "../prognosis/prognosis-stream.ts";
import { cycleSettings, featureSettings, learningSettings } from "../settings.ts";
import { type DriftVerdict, driftOf, type SignalDrift } from "./drift.ts";
import { DriftCounter } from "./drift-counter.ts";
import { driftSummary } from "./drift-summary.ts";

/** Cycles with good settings, and those of them in no condition that was learned. */
type Period = { readonly cycles: number; readonly unknown: number };

/** Plain JSON. `young`: of each condition, rows in each bin of each live point; `now`: since the last report; `before`: of the last whole period. */
export type PrognosisCounts = {
  readonly young: readonly (readonly (readonly number[])[])[];
  readonly now: Period;
  readonly before: Period;
};

/** `condition`: from 1, as in the manifest. */
export type ConditionDrift = SignalDrift & { readonly condition: number };

export type PrognosisDriftReport = Period & {
  readonly verdict: DriftVerdict;
  readonly sentence: string;
  /** More of the cycles run in no learned condition than learning would take bad values. */
  readonly isStrange: boolean;
  readonly signals: readonly ConditionDrift[];
};

/** A share of fewer cycles says nothing; the period goes on. */
const leastCycles = featureSettings.badWindowRows;
const none: Period = { cycles: 0, unknown: 0 };

type Reference = NonNullable<PrognosisManifest["reference"]>;

export class PrognosisDrift {
  readonly #features: PrognosisManifest["features"];
  readonly #reference: Reference;
  readonly #young: readonly DriftCounter[];
  #now: Period;
  #before: Period;

  /** @param counts of an earlier run; counts that do not fit this reference are begun again */
  constructor(features: PrognosisManifest["features"], reference: Reference, counts?: PrognosisCounts) {
    this.#features = features;
    this.#reference = reference;
    this.#young = reference.conditions.map((signals, c) => new DriftCounter(signals, counts?.young[c]));
    this.#now = counts?.now ?? none;
    this.#before = counts?.before ?? none;
  }

  get counts(): PrognosisCounts {
    return { young: this.#young.map(({ counts }) => counts), now: this.#now, before: this.#before };
  }

  /** Whether a cycle ended in the period that runs. */
  get hasCycles(): boolean {
    return this.#now.cycles > 0;
  }

  add({ cycle, row: { settings, values } }: Pick<CycleEnd, "cycle" | "row">): void {
    if (!settings.every(Number.isFinite)) return;
    const { conditions, live } = this.#features;
    const isUnknown = distanceToCondition(settings, conditions) > cycleSettings.sameCondition;
    this.#now = { cycles: this.#now.cycles + 1, unknown: this.#now.unknown + Number(isUnknown) };
    if (isUnknown || cycle > this.#reference.young_cycles) return;
    const shown = Float64Array.from(live, (p) => values[p] as number);
    this.#young[conditionIndex(settings, conditions)]?.add(shown, null);
  }

  report(): PrognosisDriftReport {
    const { conditions } = this.#reference;
    const signals = conditions.flatMap((its, c) => its.map((signal) => ({ signal, condition: c + 1 })));
    const named = signals.map(({ signal, condition }) =>
      conditions.length === 1 ? signal : { ...signal, name: `${signal.name} in condition ${condition}` },
    );
    const counts = this.#young.flatMap((counter) => counter.counts);
    const found = driftOf(named, counts).map((one, n) => ({ ...one, condition: signals[n]?.condition ?? 0 }));
    const period = this.#now.cycles >= leastCycles || this.#before.cycles === 0 ? this.#now : this.#before;
    const share = period.unknown / Math.max(1, period.cycles);
    const isStrange = period.cycles >= leastCycles && share > learningSettings.maxBadShare;
    const { verdict, sentence } = driftSummary(found);
    const strange = `${Number((100 * share).toPrecision(4))} % of the ${period.cycles} cycles run in no operating condition that was learned. `;
    return {
      ...period,
      verdict: isStrange ? "drifted" : verdict,
      sentence: `${isStrange ? strange : ""}${sentence}`,
      isStrange,
      signals: found,
    };
  }

  /** What was counted so far was reported. The first cycles stay: a machine has them once. */
  beginPeriod(): void {
    if (this.#now.cycles < leastCycles) return;
    this.#before = this.#now;
    this.#now = none;
  }
}
