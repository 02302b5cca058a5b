// An incident: something wrong with a machine, from the predictions of one episode. Pure.
// `stepIncident` gives the same incident for any order and any repetition of the same predictions (repetitions are taken out before):
// every field is a first, a last or a greatest, by a total order over the records.
import type { FailureMode } from "@millwright/contract/failure-modes";
import { type Level, levels, type Prediction } from "@millwright/contract/prediction";

/** A place in the order of predictions: epoch, then seq (zero-padded, so that text compares as numbers do). */
export type At = string;

export type Evidence = {
  at: At;
  wallMs: number;
  level: Level;
  failureMode: FailureMode;
  score: number | null;
  traceId: string;
  /** Who said it, and where it stands: the key of its record. */
  agent: string;
  epoch: string;
  seq: number;
};

export type Incident = {
  failureMode: FailureMode;
  /** Which prediction diagnosed it; null while it is UNK. */
  diagnosedAt: At | null;
  /** The highest level so far. */
  level: Level;
  peak: { score: number; wallMs: number } | null;
  first: { at: At; wallMs: number };
  /** The first prediction that was worth a ticket (warning or worse). */
  opening: { at: At; wallMs: number; traceId: string } | null;
  last: Evidence;
  predictions: number;
};

const rank = (level: Level): number => levels.indexOf(level);

/** A level that a technician must act on. `watch` is only shown. */
export const isTicketLevel = (level: Level): boolean => rank(level) >= rank("warning");
export const isHigher = (a: Level, b: Level): boolean => rank(a) > rank(b);

export function evidenceOf({ agent, epoch }: { agent: string; epoch: string }, prediction: Prediction): Evidence {
  const { seq, time, level, failure_mode: failureMode, score, trace_id: traceId } = prediction;
  return {
    at: `${epoch}/${String(seq).padStart(16, "0")}`,
    wallMs: time.wall_ms,
    level,
    failureMode,
    score: score.status === "available" ? score.value : null,
    traceId,
    agent,
    epoch,
    seq,
  };
}

/** The incident after one more prediction of its episode. */
export function stepIncident(incident: Incident | null, evidence: Evidence): Incident {
  const start: Incident = incident ?? {
    failureMode: "UNK",
    diagnosedAt: null,
    level: evidence.level,
    peak: null,
    first: evidence,
    opening: null,
    last: evidence,
    predictions: 0,
  };
  const { at, wallMs, level, failureMode, score, traceId } = evidence;
  const isDiagnosis = failureMode !== "UNK" && (start.diagnosedAt === null || at > start.diagnosedAt);
  const isPeak =
    score !== null && (start.peak === null || score > start.peak.score || (score === start.peak.score && wallMs < start.peak.wallMs));
  return {
    failureMode: isDiagnosis ? failureMode : start.failureMode,
    diagnosedAt: isDiagnosis ? at : start.diagnosedAt,
    level: isHigher(level, start.level) ? level : start.level,
    peak: isPeak ? { score, wallMs } : start.peak,
    first: at < start.first.at ? { at, wallMs } : { at: start.first.at, wallMs: start.first.wallMs },
    opening: isTicketLevel(level) && (start.opening === null || at < start.opening.at) ? { at, wallMs, traceId } : start.opening,
    last: at > start.last.at ? evidence : start.last,
    predictions: start.predictions + 1,
  };
}
