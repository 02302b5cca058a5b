// Every sentence about a machine or a ticket, in one place: from data to words. Pure. Pages and programs show these, and make none.
import type { VerdictKind } from "@millwright/contract/down-message";
import type { ModelCause } from "@millwright/contract/event";
import { type FailureMode, failureModes } from "@millwright/contract/failure-modes";
import type { MachineRef, ZoneLetter } from "@millwright/contract/names";
import type { Level, Prediction, Signal } from "@millwright/contract/prediction";
import type { UnavailableReason } from "@millwright/contract/unavailable-reason";
import type { LayerReadiness } from "@millwright/contract/up-message";
import type { SilenceReason } from "../fleet/silence.ts";
import type { ModelOutcome, ModelTicketRow } from "../store/tables.ts";
import { amount, figure, scoreText } from "./amounts.ts";
import { pointPhrase } from "./point-title.ts";

export const levelTexts: Record<Level, string> = { normal: "Normal", watch: "Watch", warning: "Warning", critical: "Critical" };

export const verdictTexts: Record<VerdictKind, string> = { found: "Found it", something_else: "Something else", nothing: "Nothing wrong" };

export const unavailableTexts: Record<UnavailableReason, string> = {
  learning: "still learning what is normal",
  warming_up: "warming up",
  model_refused: "the model was refused",
  model_failed: "the model failed",
  too_few_good_points: "too few good readings",
  no_prognosis_model: "there is no prognosis model yet",
  not_running: "the machine is not running",
  no_state: "the machine is in none of its states",
  unknown_condition: "it runs at an operating condition that was not learned",
  missing_signals: "a signal it needs is missing",
  no_trend: "its wear shows no trend towards the limit",
  limit_reached: "it has reached its limit",
};

export const layerTexts: Record<Prediction["layer"], string> = {
  limits: "a fixed limit of the template or configuration is crossed",
  zones: "its vibration is above what the standard allows for long-term operation",
  wear: "its vibration has grown beyond its own learned level, as that of a bearing that wears",
  novelty: "it shows a value it never had, or never at this time of day",
  baseline: "it left its own learned normal",
};

const besideALimit = "Healthy baseline → now. Every signal beyond its limit has the same bar.";

/** What stands on both sides of a signal's arrow, and what its bar is a share of: below the evidence of a ticket. */
export const evidenceTexts: Record<Prediction["layer"], string> = {
  limits: besideALimit,
  zones: besideALimit,
  wear: "Its own level while it was calm (of a band: in its quietest time) → now. The bar is each signal's share of the growth.",
  novelty:
    "What it shows as a rule (the middle of all its values, or what it had at this time of day) → now. The bar is each signal's share of what is new.",
  baseline: "Healthy baseline → now. The bar is each signal's share of the score.",
};

const watchedTexts: Record<LayerReadiness["layer"], string> = { wear: "wear", novelty: "values it never had" };

/** What a layer that learns by itself still needs before it speaks; null: nothing. @param units of the machine's points */
export function layerMissingText({ layer, points, missing }: LayerReadiness, units: ReadonlyMap<string, string>): string | null {
  if (missing === null) return null;
  const [first = "", second, ...more] = points.map((point) => pointPhrase(point, units.get(point) ?? ""));
  const rest = more.length === 0 ? "" : ` and ${more.length} more`;
  return `Not yet watched for ${watchedTexts[layer]} (${first}${second === undefined ? "" : `, ${second}`}${rest}): ${missing}.`;
}

/** What a zone of a vibration standard means for the machine. */
const zoneTexts: Record<ZoneLetter, string> = {
  A: "as of a new machine.",
  B: "fit for long-term operation.",
  C: "not fit for long-term operation. Find the cause, plan the repair.",
  D: "high enough to damage the machine. Act now.",
};

/** "Zone D of ISO 20816-3, group 2, rigid: high enough to damage the machine. Act now." */
export const zoneText = ({ letter, standard }: NonNullable<Signal["zone"]>): string =>
  `Zone ${letter} of ${standard}: ${zoneTexts[letter]}`;

/** Titles of model tickets. */
export const modelCauseTexts: Record<ModelCause, string> = {
  drift: "Its signals are no longer what the model learned",
  age: "Its model is old",
  verdicts: "Behind its tickets there is mostly nothing",
};

/** What an engineer may answer to a model ticket. */
export const modelOutcomeTexts: Record<ModelOutcome, string> = { retrain: "It will be trained again", keep: "Keep the model" };

/** How long an answer stands while the cause is the same, days. */
export const modelQuietDays: Record<ModelOutcome, number> = { retrain: 7, keep: 30 };

/** What an answer means: when the ticket comes again. */
export const modelOutcomeHint = (outcome: ModelOutcome, cause: ModelCause): string =>
  cause === "verdicts"
    ? "This comes back when as much speaks against it in the verdicts after this"
    : `This comes back when its cause changes, or is still there after ${modelQuietDays[outcome]} days`;

/** Of one that was answered: by whom, and when it comes again. */
export function modelQuietText({ actor, outcome, cause }: Pick<ModelTicketRow, "actor" | "outcome" | "cause">, untilMs: number): string {
  const who = `Looked at by ${actor ?? ""}, who ${outcome === "retrain" ? "has it trained again" : "keeps the model"}.`;
  if (cause === "verdicts") return `${who} Verdicts count anew from then on.`;
  return `${who} Asked again when the cause changes, or after ${new Date(untilMs).toISOString().slice(0, 10)}.`;
}

/** Why a model ticket closed itself. @param ready what the box said of its new baseline */
export const replacedText = (ready: string): string => `The model this was about has been replaced. ${ready}`;

export const historyTexts = {
  opened: (level: Level, score: number | null) =>
    `Opened at ${levelTexts[level].toLowerCase()}${score === null ? "" : `, ${scoreClause(score)}`}`,
  level_raised: (level: Level) => `Raised to ${levelTexts[level].toLowerCase()}`,
  recoded: (from: FailureMode, to: FailureMode) =>
    from === "UNK" ? `Diagnosed: ${failureText(to)}` : `Diagnosis changed from ${failureText(from)} to ${failureText(to)}`,
  closed: (verdict: VerdictKind, mode: FailureMode | null, note: string | null) =>
    `${verdictTexts[verdict]}${mode === null ? "" : `: ${failureText(mode)}`}${note === null ? "" : `. ${note}`}`,
  command_done: () => "The machine's box took the verdict",
} as const;

/** Why nobody hears a machine; stands after "No data since …". */
export const silentTexts: Record<SilenceReason, (agent: string) => string> = {
  box_offline: (agent) => `its box ${agent} is offline`,
  no_rows: (agent) => `its box ${agent} is online, but the machine gives no rows`,
  no_rows_yet: (agent) => `its box ${agent} is online, but the machine has not given one row`,
};

export const answeredText = (by: string): string => `answered by ${by}, not yet normal again`;

export const relearnText = (actor: string, isTaken: boolean): string =>
  `Serviced, says ${actor}: ${isTaken ? "its box has taken it and learns its normal again" : "on its way to its box, sent again until it is taken"}`;

type Seen = { level: Level; phase: string | null; silent: object | null; answered: object | null; ticket: string | null };

/** The plant in a line or two, the worst first. Only a plant in which every machine is heard and normal is quiet. */
export function plantHeadline(machines: readonly Seen[]): string {
  if (machines.length === 0) return "No machine has reported yet.";
  const heard = machines.filter(({ silent }) => silent === null);
  const unwell = heard.filter(({ level, ticket }) => level !== "normal" && ticket === null);
  const answered = unwell.filter((machine) => machine.answered !== null).length;
  const ticketed = machines.filter(({ ticket }) => ticket !== null).length;
  const learning = heard.filter(({ phase }) => phase === "learning").length;
  const parts = [
    silenceHeadline(machines),
    ticketed === 0 ? null : `${counted(ticketed, "has", "have")} an open ticket.`,
    answered === 0 ? null : `${counted(answered, "is", "are")} answered but not yet normal again.`,
    unwell.length === answered ? null : `${counted(unwell.length - answered, "is", "are")} not quite normal and being watched.`,
  ].filter((part) => part !== null);
  if (parts.length > 0) return `${ticketed === 0 ? "No open ticket. " : ""}${parts.join(" ")}`;
  if (learning === 0) return "All quiet. No machine needs you.";
  return learning === machines.length
    ? "Learning what is normal. Tickets can come after that."
    : "All quiet. Some machines are still learning what is normal.";
}

/** @returns null where every machine is heard. */
export function silenceHeadline(machines: readonly Pick<Seen, "silent">[]): string | null {
  const silent = machines.filter((machine) => machine.silent !== null).length;
  return silent === 0 ? null : `${counted(silent, "is", "are")} silent: nobody is watching ${silent === 1 ? "it" : "them"}.`;
}

const counted = (count: number, one: string, many: string): string => (count === 1 ? `One machine ${one}` : `${count} machines ${many}`);

export const failureText = (mode: FailureMode): string => failureModes[mode];

/** The title of a card: what is wrong, for somebody who has three seconds. */
export const failureTitle = (mode: FailureMode): string =>
  mode === "UNK" ? "Not running as it used to" : mode === "AIR" ? "Sensor is wrong" : capital(failureModes[mode]);

type Told = Pick<Prediction, "machine" | "signals" | "score" | "layer">;

/** One sentence that stands alone: machine, the strongest signals then and now, and how far it is over. */
export function predictionSentence(told: Told): string {
  return `${told.machine.name} at ${placeText(told.machine)}: ${predictionClause(told)}`;
}

/** The same for where the machine's name stands beside it. */
export const predictionSummary = (told: Told): string => capital(predictionClause(told));

function predictionClause({ signals, score, layer }: Told): string {
  const told = signals
    .filter((signal) => signal.now !== null)
    .slice(0, 2)
    .map((signal, index) => signalClause(signal, index === 0 ? baselineTexts[layer] : ""));
  const isLayerSaid = layer !== "baseline" || told.length === 0;
  const isScoreSaid = layer === "baseline" || score.status === "available";
  return `${[...told, ...(isLayerSaid ? [layerTexts[layer]] : []), ...(isScoreSaid ? [scoreStateClause(score, layer)] : [])].join("; ")}.`;
}

// Single registers have no healthy period: what is usual is all they ever showed.
const baselineTexts: Record<Prediction["layer"], string> = {
  limits: " in the healthy baseline",
  zones: " in the healthy baseline",
  wear: " while it was calm",
  novelty: " as a rule",
  baseline: " in the healthy baseline",
};

function signalClause({ point, unit, baseline, now, zone }: Signal, whose: string): string {
  const head = `${pointPhrase(point, unit)} is ${amount(now as number, unit)}${zone === undefined ? "" : zoneClause(zone, unit)}`;
  if (baseline === null) return head;
  return `${head}, it was ${figure(baseline)}${whose}`;
}

// Zones are told in mm/s, whatever the point is in.
const zoneClause = ({ letter, standard, velocity_mm_s }: NonNullable<Signal["zone"]>, unit: string): string =>
  ` (${unit === "mm/s" ? "" : `${amount(velocity_mm_s, "mm/s")}, `}zone ${letter} of ${standard})`;

// Beside a fixed limit or zone it must be said which limit the score is measured by.
function scoreStateClause(score: Prediction["score"], layer: Prediction["layer"]): string {
  if (score.status === "unavailable") return `no score: ${unavailableTexts[score.reason]}`;
  return scoreClause(score.value, layer === "baseline" ? "its alarm limit" : "the alarm limit it learned");
}

/** How far it is from its normal. A score of 1 is the limit: "41 % of its alarm limit", "3.2 times its alarm limit". */
export const scoreClause = (score: number, limit = "its alarm limit"): string =>
  score < 1 ? `${Math.max(0, Math.floor(score * 100))}\u00a0% of ${limit}` : `${scoreText(score)} times ${limit}`;

export const placeText = ({ site }: MachineRef): string => site.split("/").join(" / ");

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
