import type { PrognosisManifest } from "@millwright/contract/prognosis-manifest";
import { Fault } from "@millwright/kit/fault";
import { PrognosisDrift, type PrognosisDriftReport } from "../decisions/prognosis-drift.ts";
import type { Life } from "./read-lives.ts";
import { cycleEnds } from "./replay-prognosis.ts";

/** @param lives from the first cycle on @throws Fault no_reference for a bundle of an earlier version, history_mismatch */
export function livesDrift(manifest: PrognosisManifest, lives: readonly Life[]): PrognosisDriftReport {
  const { id, reference, features } = manifest;
  if (reference === undefined)
    throw new Fault("no_reference", "data", `${id} keeps nothing of its learning rows that drift could be told by; train it again`);
  const drift = new PrognosisDrift(features, reference);
  for (const end of lives.flatMap((life) => cycleEnds(manifest, life))) if (end !== null) drift.add(end);
  return drift.report();
}
