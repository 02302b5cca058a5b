// Two bundles on one history against what technicians found: in which of the stretches they judged would each have had a ticket. Pure.
// What nobody judged is left out: no ticket does not mean that the machine was healthy.
import { isIn, type JudgedStretch } from "./parse-verdicts.ts";
import type { ReplayedRow } from "./replay-bundle.ts";

/** Stretches, and those in which each bundle is at a ticket's level in at least one row. */
type Spoken = { readonly judged: number; readonly a: number; readonly b: number };
export type AgainstVerdicts = {
  readonly faults: Spoken;
  readonly nothing: Spoken;
  /** Verdicts on stretches of which this history has no row. */
  readonly outside: number;
};

export function againstVerdicts(
  a: readonly ReplayedRow[],
  b: readonly ReplayedRow[],
  stretches: readonly JudgedStretch[],
): AgainstVerdicts {
  const inside = stretches.filter((stretch) => a.some(({ atMs }) => isIn(stretch, atMs)));
  const spoken = (isFault: boolean): Spoken => {
    const judged = inside.filter((stretch) => stretch.isFault === isFault);
    const count = (rows: readonly ReplayedRow[]): number => judged.filter((stretch) => speaksIn(rows, stretch)).length;
    return { judged: judged.length, a: count(a), b: count(b) };
  };
  return { faults: spoken(true), nothing: spoken(false), outside: stretches.length - inside.length };
}

const speaksIn = (rows: readonly ReplayedRow[], stretch: JudgedStretch): boolean =>
  rows.some(({ atMs, level }) => (level === "warning" || level === "critical") && isIn(stretch, atMs));
