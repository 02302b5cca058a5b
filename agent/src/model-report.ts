// The nightly report on one machine's model, or those of its running states: how its signals are distributed against what it learned, and its age.
// Pure. (What technicians found on its tickets the gateway knows.) It speaks of the model, never of the machine's health; where it has a cause, learning
// again is proposed to a person, and nothing is changed.
import type { ModelCause } from "@millwright/contract/event";
import type { ModelManifest } from "@millwright/contract/model-manifest";
import { counted } from "@millwright/kit/counted";
import { type DriftVerdict, driftOf } from "@millwright/models/decisions/drift";
import { driftSummary } from "@millwright/models/decisions/drift-summary";

export type ModelReport = { text: string; causes: ModelCause[]; figures: Record<string, number> };

/** As the box keeps it, for `status`. */
export type LastReport = { atMs: number; text: string; causes: readonly ModelCause[] };

/** `counts`: rows since the last report in the bins of the manifest's reference; null where the bundle has none. */
export type CountedModel = { readonly manifest: ModelManifest; readonly counts: readonly (readonly number[])[] | null };

export type ReportedAge = {
  /** null where the clock is not trusted. */
  wallMs: number | null;
  /** null: no age is too old. */
  oldAfterMs: number | null;
};

const dayMs = 86_400_000;
/** Characters that are given to what is found; an event has room for 500. */
const maxFound = 360;

/** @param models of one machine: one, or one for each of its states */
export function modelReport(models: readonly CountedModel[], age: ReportedAge): ModelReport {
  const found = models.map((model) => findingOf(model, age));
  const causes: ModelCause[] = [];
  if (found.some(({ hasDrifted }) => hasDrifted)) causes.push("drift");
  if (found.some(({ isOld }) => isOld)) causes.push("age");
  const proposal = causes.length === 0 ? "" : " Learning it again is proposed.";
  return { text: `${textOf(found)}${proposal}`, causes, figures: figuresOf(found) };
}

type Finding = {
  readonly text: string;
  readonly hasDrifted: boolean;
  readonly isOld: boolean;
  readonly ageMs: number | null;
  readonly psi: number | null;
  readonly rows: number;
  /** Signals by their verdict. */
  readonly of: (verdict: DriftVerdict) => number;
};

function findingOf({ manifest, counts }: CountedModel, { wallMs, oldAfterMs }: ReportedAge): Finding {
  const signals = counts === null || manifest.reference === undefined ? [] : driftOf(manifest.reference, counts);
  const { verdict, worst, sentence } = driftSummary(signals);
  const ageMs = wallMs === null ? null : Math.max(0, wallMs - Date.parse(manifest.created_at));
  const isOld = ageMs !== null && oldAfterMs !== null && ageMs > oldAfterMs;
  const age = isOld ? ` It is ${counted(days(ageMs), "day")} old, more than the ${days(oldAfterMs)} it may be.` : "";
  return {
    text: `Model ${manifest.id}: ${sentence}${age}`,
    hasDrifted: verdict === "drifted",
    isOld,
    ageMs,
    psi: worst?.psi ?? null,
    rows: Math.max(0, ...signals.map(({ rows }) => rows)),
    of: (kind) => signals.filter((signal) => signal.verdict === kind).length,
  };
}

// Those to be learned again first. What does not fit is counted.
function textOf(found: readonly Finding[]): string {
  const texts = found.toSorted((a, b) => Number(b.hasDrifted || b.isOld) - Number(a.hasDrifted || a.isOld)).map(({ text }) => text);
  let fits = 1;
  while (fits < texts.length && texts.slice(0, fits + 1).join(" ").length <= maxFound) fits += 1;
  const left = texts.length - fits;
  return `${texts.slice(0, fits).join(" ")}${left === 0 ? "" : ` And ${counted(left, "more model")}.`}`;
}

function figuresOf(found: readonly Finding[]): Record<string, number> {
  const sum = (of: (finding: Finding) => number): number => found.reduce((total, finding) => total + of(finding), 0);
  const ages = found.flatMap(({ ageMs }) => ageMs ?? []);
  const psis = found.flatMap(({ psi }) => psi ?? []);
  return {
    rows: sum(({ rows }) => rows),
    ...(ages.length === 0 ? {} : { age_days: Number((Math.max(...ages) / dayMs).toFixed(1)) }),
    ...(psis.length === 0 ? {} : { psi: Number(Math.max(...psis).toFixed(3)) }),
    drifted: sum(({ of }) => of("drifted")),
    moving: sum(({ of }) => of("moving")),
    too_few_rows: sum(({ of }) => of("too_few_rows")),
  };
}

const days = (ms: number): number => Math.floor(ms / dayMs);
