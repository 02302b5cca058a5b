// Are machines of whom a prognosis is to speak still like those it learned from? Of their first cycles, each signal in each operating condition; and
// how many of all cycles run in no condition that was learned. In: histories from the first cycle on. Pure but for the faults.
import type { PrognosisManifest } from "@millwright/contract/prognosis-manifest";
import { Fault } from "@millwright/kit/fault";
import { driftOf, type SignalDrift } from "../decisions/drift.ts";
import { DriftCounter } from "../decisions/drift-counter.ts";
import { conditionIndex, distanceToCondition } from "../features/operating-conditions.ts";
import { cycleSettings } from "../settings.ts";
import type { Life } from "./read-lives.ts";
import { cycleEnds } from "./replay-prognosis.ts";

export type PrognosisDrift = {
  /** `condition`: from 1, as in the manifest. */
  readonly signals: readonly (SignalDrift & { readonly condition: number })[];
  /** Cycles with good settings, and those of them in no condition that was learned. */
  readonly cycles: number;
  readonly unknownCycles: number;
};

/** @throws Fault no_reference for a bundle of an earlier version, history_mismatch */
export function prognosisDrift(manifest: PrognosisManifest, lives: readonly Life[]): PrognosisDrift {
  const { id, reference, features } = manifest;
  const { conditions, live } = features;
  if (reference === undefined)
    throw new Fault("no_reference", "data", `${id} keeps nothing of its learning rows that drift could be told by; train it again`);
  const counters = reference.conditions.map((signals) => new DriftCounter(signals));
  let [cycles, unknownCycles] = [0, 0];
  for (const life of lives)
    for (const end of cycleEnds(manifest, life)) {
      if (end === null || !end.row.settings.every(Number.isFinite)) continue;
      cycles += 1;
      const { settings, values } = end.row;
      if (distanceToCondition(settings, conditions) > cycleSettings.sameCondition) unknownCycles += 1;
      else if (end.cycle <= reference.young_cycles)
        counters[conditionIndex(settings, conditions)]?.add(
          Float64Array.from(live, (p) => values[p] as number),
          null,
        );
    }
  const signals = reference.conditions.flatMap((its, c) => its.map((signal) => ({ signal, condition: c + 1 })));
  const found = driftOf(
    signals.map(({ signal, condition }) =>
      reference.conditions.length === 1 ? signal : { ...signal, name: `${signal.name} in condition ${condition}` },
    ),
    counters.flatMap(({ counts }) => counts),
  );
  return { signals: found.map((one, n) => ({ ...one, condition: signals[n]?.condition ?? 0 })), cycles, unknownCycles };
}
