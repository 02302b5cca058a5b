// Do a model's verdicts say that its tickets are wrong too often? A sequential test, fixed before any verdict came. Pure.
// Wald's likelihood ratio (1945, https://doi.org/10.1214/aoms/1177731118) of "a fault behind `wrongShare` × goal of the tickets" against "behind
// the goal", asked after every verdict. A model that keeps the goal is ever called wrong with a chance of at most 1 in `once` (Ville's
// inequality), however long it is asked: a raw share, or an interval looked at again and again, has no such bound (docs/decisions/0023-verdicts.md).
import type { VerdictKind } from "@millwright/contract/down-message";

/** How many tickets of a model got which verdict. */
export type VerdictCounts = Readonly<Record<VerdictKind, number>>;

const wrongShare = 0.4;
const once = 10;

/** Tickets with a fault behind them, whether or not it was the one that was named: the machine was not as it should be. */
export const faultsIn = ({ found, something_else }: VerdictCounts): number => found + something_else;
export const ticketsIn = (counts: VerdictCounts): number => faultsIn(counts) + counts.nothing;

/** @param goal share of the tickets that should have a fault behind them, 0…1. With .5: 5 of 5 with nothing, 7 of 8, 9 of 11 */
export function isTooOftenWrong(counts: VerdictCounts, goal: number): boolean {
  const wrong = wrongShare * goal;
  const evidence = faultsIn(counts) * Math.log(wrong / goal) + counts.nothing * Math.log((1 - wrong) / (1 - goal));
  return evidence >= Math.log(once);
}
