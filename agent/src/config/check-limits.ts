// Whether limits of one point stand in order: critical_low ≤ warning_low < warning_high ≤ critical_high. Pure.
import type { PointLimits } from "@millwright/contract/template-point";

type Side = keyof PointLimits;

/** The first pair that must be in order and is not. `strict`: equal is wrong, too. */
const pairs: readonly { low: Side; high: Side; strict: boolean }[] = [
  { low: "warning_high", high: "critical_high", strict: false },
  { low: "critical_low", high: "warning_low", strict: false },
  { low: "warning_low", high: "warning_high", strict: true },
  { low: "warning_low", high: "critical_high", strict: true },
  { low: "critical_low", high: "warning_high", strict: true },
  { low: "critical_low", high: "critical_high", strict: true },
];

/** @returns null where all is well; else which limit to look at and what to do. */
export function checkLimits(limits: PointLimits): { side: Side; message: string } | null {
  for (const { low, high, strict } of pairs) {
    const [a, b] = [limits[low], limits[high]];
    if (a === undefined || b === undefined || a < b || (a === b && !strict)) continue;
    return { side: low, message: `${a} is ${a === b ? "equal to" : "above"} ${high} ${b}. Swap them, or correct one.` };
  }
  return Object.keys(limits).length > 0
    ? null
    : { side: "warning_high", message: "is missing, as are all limits here. Give at least one, or remove the line." };
}
