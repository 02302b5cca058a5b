// How predictable do a machine's failures look, and what would predicting them save? In: its history, its failures, its costs.
// The machine learns its normal anew from the first rows after every failure, as a box does after a repair; the rest up to the next failure is
// judged. A failure outside the history is told, and counts for nothing: nobody watched then. Every figure has an interval; below `fewestFailures`
// nothing is promised. Savings are those of a machine that goes on as it did.
import { counted } from "@millwright/kit/counted";
import { quantileOf } from "../detectors/statistics.ts";
import type { AssessmentCosts } from "./assessment-costs.ts";
import { type Interval, poissonRate, wilson } from "./intervals.ts";
import { judgeRecording } from "./judge-recording.ts";
import type { Failure } from "./parse-failures.ts";
import type { Recording } from "./parse-skab-file.ts";

export type AssessedFailure = {
  readonly at: string;
  readonly note: string;
  /** From the first ticket within the longest lead to the failure; null where there was none. */
  readonly lead_hours: number | null;
  readonly outcome: "in_time" | "too_late" | "missed" | "not_judged";
  readonly reason: string | null;
};

export type Assessment = {
  readonly verdict: "worth_it" | "not_worth_it" | "open" | "cannot_be_told";
  readonly sentence: string;
  readonly failures: readonly AssessedFailure[];
  readonly judged_hours: number;
  /** Share of the judged failures with a ticket in time; what tickets at the false-alarm rate would reach by chance. */
  readonly in_time: Interval;
  readonly in_time_by_chance: number;
  readonly false_tickets_per_month: Interval;
  readonly failures_per_year: Interval;
  readonly saving_per_failure: number;
  /** null where it cannot be told. */
  readonly saving_per_year: Interval | null;
};

const fewestFailures = 3;
const hourMs = 3_600_000;
const monthHours = 730.5;
const yearHours = 8_766;

export async function assessMachine(
  { points, rows }: Recording,
  failures: readonly Failure[],
  { costs, learnRows }: { costs: AssessmentCosts; learnRows: number },
): Promise<Assessment> {
  const { within, outside } = byHistory(rows, failures, costs.longest_lead_hours * hourMs);
  const assessed: AssessedFailure[] = [];
  let [judgedMs, exposureMs, falseTickets, fromMs] = [0, 0, 0, Number.NEGATIVE_INFINITY];
  const periodMs = quantileOf(
    rows.slice(1).map(({ atMs }, i) => atMs - (rows[i]?.atMs ?? atMs)),
    0.5,
  );
  for (const failure of [...within, null]) {
    const untilMs = failure?.atMs ?? Number.POSITIVE_INFINITY;
    const segment = rows.filter(({ atMs }) => atMs > fromMs && atMs < untilMs);
    fromMs = untilMs;
    exposureMs += periodMs * segment.length;
    const judged = segment.length <= learnRows ? null : await judgeRecording({ points, rows: segment, labels: null }, { learnRows });
    const reason = judged === null ? `only ${counted(segment.length, "row")} before it; the first ${learnRows} teach` : judged.refusal;
    if (judged === null || reason !== null) {
      if (failure !== null) assessed.push({ ...told(failure), lead_hours: null, outcome: "not_judged", reason });
      continue;
    }
    judgedMs += periodMs * judged.rows.length;
    const leads = judged.rows.filter(({ isTicket }) => isTicket).map(({ atMs }) => (untilMs - atMs) / hourMs);
    const warnings = leads.filter((lead) => lead <= costs.longest_lead_hours);
    falseTickets += leads.length - warnings.length;
    if (failure === null) continue;
    const lead = warnings[0] ?? null;
    const outcome = lead === null ? "missed" : lead >= costs.needed_lead_hours ? "in_time" : "too_late";
    assessed.push({ ...told(failure), lead_hours: lead, outcome, reason: null });
  }
  const failuresWithin = within.length;
  const hours = { judgedHours: judgedMs / hourMs, exposureHours: exposureMs / hourMs };
  const inOrder = [...assessed, ...outside].sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
  return conclude({ failures: inOrder, failuresWithin, falseTickets, ...hours }, costs);
}

/** A failure may come up to `leadMs` after the last row: the machine stood, and was looked at later. */
function byHistory(rows: Recording["rows"], failures: readonly Failure[], leadMs: number) {
  const [firstMs, lastMs] = [rows[0]?.atMs ?? 0, rows.at(-1)?.atMs ?? 0];
  const isWithin = ({ atMs }: Failure): boolean => atMs >= firstMs && atMs <= lastMs + leadMs;
  const reason = `outside the history, which is from ${isoTime(firstMs)} to ${isoTime(lastMs)}`;
  const outside = failures
    .filter((failure) => !isWithin(failure))
    .map((failure): AssessedFailure => ({ ...told(failure), lead_hours: null, outcome: "not_judged", reason }));
  return { within: failures.filter(isWithin), outside };
}

const isoTime = (ms: number): string => new Date(ms).toISOString();
const told = ({ atMs, note }: Failure) => ({ at: isoTime(atMs), note });

type Figures = { failures: AssessedFailure[]; failuresWithin: number; judgedHours: number; exposureHours: number; falseTickets: number };

function conclude(figures: Figures, costs: AssessmentCosts): Assessment {
  const { failures, failuresWithin, judgedHours, exposureHours, falseTickets } = figures;
  const judged = failures.filter(({ outcome }) => outcome !== "not_judged");
  const hits = judged.filter(({ outcome }) => outcome === "in_time").length;
  const inTime = wilson(hits, judged.length);
  const perHour = poissonRate(falseTickets, Math.max(judgedHours, 1e-9));
  const perYear = scaled(poissonRate(failuresWithin, Math.max(exposureHours, 1e-9)), yearHours);
  const saving = costOf(costs.unplanned_repair, costs) - costOf(costs.planned_repair, costs);
  const falseCost = costs.false_alarm_cost * yearHours;
  const yearly = (rate: number, share: number, alarms: number): number => rate * share * saving - alarms * falseCost;
  // The corners of the intervals: wider than 90 %, and simple. Where a planned repair costs more, the corners change sides.
  const corners = [perYear.low, perYear.high].flatMap((rate) => [inTime.low, inTime.high].map((share) => rate * share * saving));
  const range = {
    low: Math.min(...corners) - perHour.high * falseCost,
    mid: yearly(perYear.mid, inTime.mid, perHour.mid),
    high: Math.max(...corners) - perHour.low * falseCost,
  };
  const isTold = judged.length >= fewestFailures;
  const verdict = !isTold ? "cannot_be_told" : range.low > 0 ? "worth_it" : range.high <= 0 ? "not_worth_it" : "open";
  return {
    verdict,
    sentence: sentences[verdict](judged.length, hits, range, costs.currency),
    failures,
    judged_hours: judgedHours,
    in_time: inTime,
    in_time_by_chance: 1 - Math.exp(-perHour.mid * Math.max(0, costs.longest_lead_hours - costs.needed_lead_hours)),
    false_tickets_per_month: scaled(perHour, monthHours),
    failures_per_year: perYear,
    saving_per_failure: saving,
    saving_per_year: isTold ? range : null,
  };
}

const costOf = ({ hours, cost }: AssessmentCosts["planned_repair"], { downtime_cost_per_hour }: AssessmentCosts): number =>
  cost + hours * downtime_cost_per_hour;

const scaled = ({ low, mid, high }: Interval, factor: number): Interval => ({ low: low * factor, mid: mid * factor, high: high * factor });

type Sentence = (judged: number, hits: number, range: Interval, currency: string) => string;
const money = (amount: number): string => Math.round(amount).toLocaleString("en-US");
const rangeText: Sentence = (judged, hits, { low, high }, currency) =>
  `${hits} of ${counted(judged, "failure")} had a ticket in time; a year would save between ${money(low)} and ${money(high)} ${currency}`.trimEnd();
const sentences = {
  worth_it: (...told) => `Worth it: ${rangeText(...told)}.`,
  not_worth_it: (...told) => `Not worth it: ${rangeText(...told)}.`,
  open: (...told) => `Open: ${rangeText(...told)}. More history narrows this.`,
  cannot_be_told: (judged) =>
    `Cannot be told: ${counted(judged, "judged failure is", "judged failures are")} too few (it takes ${fewestFailures}). Nothing should be promised.`,
} as const satisfies Record<Assessment["verdict"], Sentence>;
