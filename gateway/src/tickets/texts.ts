// Every sentence about a machine or a ticket, in one place: from data to words. Pure. Pages and programs show these, and make none.
import type { VerdictKind } from "@millwright/contract/down-message";
import { type FailureMode, failureModes } from "@millwright/contract/failure-modes";
import type { MachineRef } from "@millwright/contract/names";
import type { Level, Prediction, Signal, UnavailableReason } from "@millwright/contract/prediction";

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
};

export const layerTexts: Record<Prediction["layer"], string> = {
  limits: "a fixed limit was crossed",
  baseline: "it left its own learned normal",
};

export const historyTexts = {
  opened: (level: Level, score: number | null) =>
    `Opened at ${levelTexts[level].toLowerCase()}${score === null ? "" : `, score ${scoreText(score)}`}`,
  level_raised: (level: Level) => `Raised to ${levelTexts[level].toLowerCase()}`,
  recoded: (from: FailureMode, to: FailureMode) =>
    from === "UNK" ? `Diagnosed: ${failureText(to)}` : `Diagnosis changed from ${failureText(from)} to ${failureText(to)}`,
  closed: (verdict: VerdictKind, mode: FailureMode | null, note: string | null) =>
    `${verdictTexts[verdict]}${mode === null ? "" : `: ${failureText(mode)}`}${note === null ? "" : `. ${note}`}`,
  command_done: () => "The machine's box took the verdict",
} as const;

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
    .map(signalClause);
  const isLayerSaid = layer === "limits" || told.length === 0;
  const isScoreSaid = layer === "baseline" || score.status === "available";
  return `${[...told, ...(isLayerSaid ? [layerTexts[layer]] : []), ...(isScoreSaid ? [scoreClause(score)] : [])].join("; ")}.`;
}

function signalClause({ point, unit, baseline, now }: Signal, index: number): string {
  const head = `${pointTitle(point, unit)} is ${amount(now as number, unit)}`;
  if (baseline === null) return head;
  return `${head}, it was ${figure(baseline)}${index === 0 ? " in the healthy baseline" : ""}`;
}

function scoreClause(score: Prediction["score"]): string {
  if (score.status === "unavailable") return `no score: ${unavailableTexts[score.reason]}`;
  return `score ${scoreText(score.value)} × the watch limit`;
}

export const placeText = ({ site }: MachineRef): string => site.split("/").join(" / ");

// What the parts of point names mean; a part that is not here is printed as it is.
const words: Record<string, string> = {
  rms: "RMS",
  de: "DE",
  nde: "NDE",
  hf: "HF",
  rpm: "RPM",
  temp: "temperature",
  ac: "AC",
  dc: "DC",
  pct: "%",
  x: "X",
  y: "Y",
  z: "Z",
  l1: "L1",
  l2: "L2",
  l3: "L3",
  co2: "CO₂",
};
// Units as point names end with them: current_a in A is "current", for its unit stands beside every figure.
const suffixes: Record<string, string> = { c: "Cel", pct: "%", rpm: "/min", lpm: "L/min", m3h: "m3/h", mms: "mm/s" };

/** vibration_rms_de → "vibration RMS DE"; current_a in A → "current". */
export function pointTitle(point: string, unit = ""): string {
  const parts = point.split("_");
  const last = parts.at(-1) ?? "";
  const isUnit = parts.length > 1 && (last === unit.toLowerCase() || (Object.hasOwn(suffixes, last) && suffixes[last] === unit));
  return (isUnit ? parts.slice(0, -1) : parts).map((part) => (Object.hasOwn(words, part) ? words[part] : part)).join(" ");
}

// UCUM codes → what is printed on a gauge.
const units: Record<string, string> = {
  "1": "",
  Cel: "°C",
  "m/s2": "m/s²",
  "L/min": "l/min",
  "m3/h": "m³/h",
  "/min": "rpm",
  "{rpm}": "rpm",
};
export const unitText = (unit: string): string => (Object.hasOwn(units, unit) ? (units[unit] as string) : unit);

/** Three significant figures with the unit; enough for a decision, short enough for a phone. */
export function amount(value: number, unit: string): string {
  const text = unitText(unit);
  return text === "" ? figure(value) : text === "%" ? `${figure(value)} %` : `${figure(value)} ${text}`;
}

export const figure = (value: number): string => (Math.abs(value) >= 1_000 ? value.toFixed(0) : String(Number(value.toPrecision(3))));
export const scoreText = (score: number): string => (Math.abs(score) >= 10 ? score.toFixed(0) : score.toFixed(1));

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
