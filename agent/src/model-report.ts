// The nightly report on one machine's model: how its signals are distributed against what it learned, its age, what technicians found. Pure.
// It speaks of the model, never of the machine's health; where it has a cause, learning again is proposed to a person, and nothing is changed.
import type { ModelCause } from "@millwright/contract/event";
import type { ModelManifest } from "@millwright/contract/model-manifest";
import { driftOf } from "@millwright/models/decisions/drift";
import { driftSummary } from "@millwright/models/decisions/drift-summary";
import type { VerdictCounts } from "./baselines/machine-state.ts";

export type ModelReport = { text: string; causes: ModelCause[]; figures: Record<string, number> };

/** As the box keeps it, for `status`. */
export type LastReport = { atMs: number; text: string; causes: readonly ModelCause[] };

const dayMs = 86_400_000;
const oldDays = 365;
/** So many tickets in which nothing was wrong, and more than all others, say that the limits do not fit this machine. */
const manyNothing = 3;

/** @param counts rows since the last report in the bins of the manifest's reference; null where the bundle has none @param wallMs null where the clock is not trusted */
export function modelReport(
  manifest: ModelManifest,
  { counts, verdicts, wallMs }: { counts: readonly (readonly number[])[] | null; verdicts: VerdictCounts; wallMs: number | null },
): ModelReport {
  const signals = counts === null || manifest.reference === undefined ? [] : driftOf(manifest.reference, counts);
  const { verdict, worst, sentence } = driftSummary(signals);
  const ageDays = wallMs === null ? null : Math.max(0, (wallMs - Date.parse(manifest.created_at)) / dayMs);
  const causes: ModelCause[] = [];
  if (verdict === "drifted") causes.push("drift");
  if (ageDays !== null && ageDays > oldDays) causes.push("age");
  if (verdicts.nothing >= manyNothing && verdicts.nothing > verdicts.found + verdicts.something_else) causes.push("verdicts");
  const of = (kind: string): number => signals.filter((signal) => signal.verdict === kind).length;
  const figures = {
    rows: Math.max(0, ...signals.map(({ rows }) => rows)),
    ...(ageDays === null ? {} : { age_days: Number(ageDays.toFixed(1)) }),
    ...(worst === null ? {} : { psi: Number(worst.psi.toFixed(3)) }),
    ...{ drifted: of("drifted"), moving: of("moving"), too_few_rows: of("too_few_rows") },
    ...verdicts,
  };
  const also = causes.map((cause) =>
    cause === "age"
      ? ` It is ${Math.round(ageDays ?? 0)} days old.`
      : cause === "verdicts"
        ? ` In ${verdicts.nothing} of its tickets nothing was wrong.`
        : "",
  );
  const proposal = causes.length === 0 ? "" : " Learning it again is proposed.";
  return { text: `Model ${manifest.id}: ${sentence}${also.join("")}${proposal}`, causes, figures };
}
