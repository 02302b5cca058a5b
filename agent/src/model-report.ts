// The nightly report on one machine's model: how its signals are distributed against what it learned, and its age. Pure. (What technicians found
// on its tickets the gateway knows.) It speaks of the model, never of the machine's health; where it has a cause, learning again is proposed to a
// person, and nothing is changed.
import type { ModelCause } from "@millwright/contract/event";
import type { ModelManifest } from "@millwright/contract/model-manifest";
import { driftOf } from "@millwright/models/decisions/drift";
import { driftSummary } from "@millwright/models/decisions/drift-summary";

export type ModelReport = { text: string; causes: ModelCause[]; figures: Record<string, number> };

/** As the box keeps it, for `status`. */
export type LastReport = { atMs: number; text: string; causes: readonly ModelCause[] };

export type Reported = {
  /** Rows since the last report in the bins of the manifest's reference; null where the bundle has none. */
  counts: readonly (readonly number[])[] | null;
  /** null where the clock is not trusted. */
  wallMs: number | null;
  /** null: no age is too old. */
  oldAfterMs: number | null;
};

const dayMs = 86_400_000;

export function modelReport(manifest: ModelManifest, { counts, wallMs, oldAfterMs }: Reported): ModelReport {
  const signals = counts === null || manifest.reference === undefined ? [] : driftOf(manifest.reference, counts);
  const { verdict, worst, sentence } = driftSummary(signals);
  const ageMs = wallMs === null ? null : Math.max(0, wallMs - Date.parse(manifest.created_at));
  const isOld = ageMs !== null && oldAfterMs !== null && ageMs > oldAfterMs;
  const causes: ModelCause[] = [...(verdict === "drifted" ? (["drift"] as const) : []), ...(isOld ? (["age"] as const) : [])];
  const of = (kind: string): number => signals.filter((signal) => signal.verdict === kind).length;
  const figures = {
    rows: Math.max(0, ...signals.map(({ rows }) => rows)),
    ...(ageMs === null ? {} : { age_days: Number((ageMs / dayMs).toFixed(1)) }),
    ...(worst === null ? {} : { psi: Number(worst.psi.toFixed(3)) }),
    ...{ drifted: of("drifted"), moving: of("moving"), too_few_rows: of("too_few_rows") },
  };
  const age = isOld ? ` It is ${days(ageMs)} days old, more than the ${days(oldAfterMs)} it may be.` : "";
  const proposal = causes.length === 0 ? "" : " Learning it again is proposed.";
  return { text: `Model ${manifest.id}: ${sentence}${age}${proposal}`, causes, figures };
}

const days = (ms: number): number => Math.floor(ms / dayMs);
