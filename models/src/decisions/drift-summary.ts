import type { DriftVerdict, SignalDrift } from "./drift.ts";

/** The machine's verdict: that of its worst signal; too few rows only where no signal can be judged. */
export type DriftSummary = { readonly verdict: DriftVerdict; readonly worst: SignalDrift | null; readonly sentence: string };

export function driftSummary(signals: readonly SignalDrift[]): DriftSummary {
  const judged = signals.filter(({ verdict }) => verdict !== "too_few_rows");
  const [worst = null] = judged.toSorted((a, b) => order.indexOf(b.verdict) - order.indexOf(a.verdict) || b.psi - a.psi);
  if (worst === null) return { verdict: "too_few_rows", worst, sentence: "Too few rows to say whether anything has drifted." };
  const named = judged.filter(({ verdict }) => verdict === worst.verdict).map(({ name }) => name);
  const list = named.length > 3 ? `${named.slice(0, 3).join(", ")} and ${named.length - 3} more` : named.join(", ");
  const unjudged = signals.length - judged.length;
  const rest = unjudged === 0 ? "" : ` Of ${unjudged} of ${signals.length} signals there are too few independent rows to say.`;
  return { verdict: worst.verdict, worst, sentence: `${opening[worst.verdict](list)} (PSI ${worst.psi.toFixed(2)}).${rest}` };
}

const order: readonly DriftVerdict[] = ["too_few_rows", "stable", "moving", "drifted"];

const opening = {
  too_few_rows: () => "Too few rows",
  stable: () => "The signals are distributed as they were while the model learned",
  moving: (list: string) => `Slightly moved since the model learned: ${list}`,
  drifted: (list: string) => `No longer what the model learned: ${list}`,
} as const satisfies Record<DriftVerdict, (list: string) => string>;
