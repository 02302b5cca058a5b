// What is kept of machines that ran to failure so that drift can be told later: how each point was distributed in each operating condition while they
// were young. In: the units it learned from. Out: for each condition the live points, in their order. What comes later in a life is wear, not drift.
import type { PrognosisManifest } from "@millwright/contract/prognosis-manifest";
import { signalReference } from "../detectors/signal-reference.ts";
import { type ConditionRow, conditionIndex } from "../features/operating-conditions.ts";
import { prognosisSettings } from "../settings.ts";
import type { PrognosisFeatures } from "./learn-prognosis.ts";

/** @param names of all points */
export function youngReference(
  units: readonly (readonly ConditionRow[])[],
  { conditions, live }: PrognosisFeatures,
  names: readonly string[],
): NonNullable<PrognosisManifest["reference"]> {
  const { youngCycles } = prognosisSettings;
  // Unit after unit: a row resembles those of its unit, which is what its memory is about.
  const young = units.flatMap((rows) => rows.slice(0, youngCycles));
  const ofCondition = (_: unknown, condition: number) => {
    const rows = young.filter(({ settings }) => conditionIndex(settings, conditions) === condition);
    return live.map((p) =>
      signalReference(
        names[p] as string,
        rows.map(({ values }) => values[p] as number),
      ),
    );
  };
  return { young_cycles: youngCycles, conditions: conditions.conditions.map(ofCondition) };
}
