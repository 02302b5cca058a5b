import type { ModelManifest } from "@millwright/contract/model-manifest";
import { Fault } from "@millwright/kit/fault";
import { driftOf, type SignalDrift } from "../decisions/drift.ts";
import { DriftCounter } from "../decisions/drift-counter.ts";
import type { ReplayedRow } from "./replay-bundle.ts";

/** Drift of a whole history against what its bundle learned. @throws Fault no_reference for an imported bundle, or one of an earlier version */
export function historyDrift({ id, kind, reference }: ModelManifest, rows: readonly ReplayedRow[]): SignalDrift[] {
  if (reference === undefined)
    throw new Fault(
      "no_reference",
      "data",
      `${id} keeps nothing of its learning rows that drift could be told by; ${kind === "imported" ? "an imported model never does: ask its maker" : "train it again"}`,
    );
  const counter = new DriftCounter(reference);
  for (const { values, score } of rows) counter.add(values, score);
  return driftOf(reference, counter.counts);
}
