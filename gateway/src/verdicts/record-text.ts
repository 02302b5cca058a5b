// What verdicts say of a model, in words. Pure.
import { counted } from "@millwright/kit/counted";
import { type Interval, wilson } from "@millwright/models/evaluation/intervals";
import type { ModelVersion } from "../store/tables.ts";
import { failureText, failureTitle } from "../tickets/texts.ts";
import type { ModeRecord } from "./model-records.ts";
import { faultsIn, ticketsIn, type VerdictCounts } from "./too-often-wrong.ts";

/** An interval wider than this tells next to nothing about a share. */
const wideShare = 0.5;

/** Share of the tickets with a fault behind them, with its 95 % interval. */
export const faultShare = (counts: VerdictCounts): Interval => wilson(faultsIn(counts), ticketsIn(counts), 0.95);
export const isLittleKnown = ({ low, high }: Interval): boolean => high - low > wideShare;

const percent = (share: number): number => Math.round(100 * share);
const tickets = (count: number): string => counted(count, "ticket");

/** "Of 9 tickets 6 had a fault behind them (95 %: 35 to 88 %); so few say little." */
export function recordText(counts: VerdictCounts): string {
  const share = faultShare(counts);
  const range = `95\u00a0%: ${percent(share.low)} to ${percent(share.high)}\u00a0%`;
  const little = isLittleKnown(share) ? "; so few say little" : "";
  const of = tickets(ticketsIn(counts));
  return `Of ${of} ${faultsIn(counts)} had a fault behind ${ticketsIn(counts) === 1 ? "it" : "them"} (${range})${little}.`;
}

/** Begins as the tickets were titled. "Vibration: a fault behind 3 of 4; technicians named vibration 2, noise 1" */
export function modeText({ failure_mode, counts, named }: Pick<ModeRecord, "failure_mode" | "counts" | "named">): string {
  const list = named.map((one) => `${failureText(one.failure_mode)} ${one.tickets}`).join(", ");
  return `${failureTitle(failure_mode)}: a fault behind ${faultsIn(counts)} of ${ticketsIn(counts)}${list === "" ? "" : `; technicians named ${list}`}`;
}

/** "baseline 3", or the id of a model that was given. */
export const modelName = ({ generation, model_id }: ModelVersion): string =>
  generation === null ? (model_id ?? "a model not known") : `baseline ${generation}`;

/** The text of a model ticket: what the verdicts on the live model say, against what was asked of it. */
export function proposalText(
  model: ModelVersion,
  counts: VerdictCounts,
  { goal, modes }: { goal: number; modes: readonly string[] },
): string {
  const asked = `At least ${percent(goal)}\u00a0% should. `;
  return `${recordText(counts)} ${asked}Learning ${modelName(model)} again is proposed. By what the tickets said: ${modes.join(". ")}.`;
}
