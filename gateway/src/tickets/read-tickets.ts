// Tickets as people and programs read them: one row with its sentence, and the whole story of one.
import type { Diagnosis } from "@millwright/contract/diagnosis";
import type { FailureMode } from "@millwright/contract/failure-modes";
import type { Level, Prediction } from "@millwright/contract/prediction";
import { unitText } from "@millwright/kit/unit-text";
import { readMachine } from "../fleet/read-machines.ts";
import type { Store } from "../store/store.ts";
import type { TicketStatus } from "../store/tables.ts";
import { amount } from "./amounts.ts";
import { diagnosisText, lineText, lineTitle } from "./diagnosis-text.ts";
import { forecastText } from "./forecast-text.ts";
import { pointTitle } from "./point-title.ts";
import {
  evidenceTexts,
  failureText,
  failureTitle,
  layerTexts,
  levelTexts,
  placeText,
  predictionSentence,
  predictionSummary,
  verdictTexts,
  zoneText,
} from "./texts.ts";
import { ticketId } from "./ticket-id.ts";
import { ticketsWithIncidents } from "./tickets-with-incidents.ts";

export type TicketFilter = "open" | "done" | "all";
export type TicketCard = {
  id: string;
  status: TicketStatus;
  tenant: string;
  agent: string;
  machine: { site: string; name: string };
  place: string;
  failure_mode: FailureMode;
  failure_text: string;
  title: string;
  level: Level;
  level_text: string;
  level_now: Level;
  score: number | null;
  score_peak: number | null;
  opened_at: string;
  opened_ms: number;
  updated_ms: number;
  closed_ms: number | null;
  episode: string;
  sentence: string;
  /** The sentence without the machine and its place. */
  summary: string;
  /** What is probably wrong, as the latest evidence has it; null where nothing was diagnosed. */
  diagnosis_text: string | null;
  verdict: string | null;
  verdict_text: string | null;
  verdict_failure_mode: FailureMode | null;
  actor: string | null;
  note: string | null;
};

const maxListed = 200;

/** Open ones first, the worst and then the newest of them first; then those that are done, the one closed last first. At most 200. */
export async function listTickets({ reader }: Store, filter: TicketFilter): Promise<TicketCard[]> {
  let query = cards(reader);
  if (filter !== "all") query = query.where("t.status", "=", filter);
  const rows = await query
    .orderBy("t.status", "desc")
    .orderBy((e) =>
      e
        .case()
        .when(e.or([e("t.status", "=", "done"), e("t.level", "=", "critical")]))
        .then(0)
        .else(1)
        .end(),
    )
    .orderBy((e) => e.fn.coalesce("t.closed_ms", "t.opened_ms"), "desc")
    .limit(maxListed)
    .execute();
  return rows.map(cardOf);
}

/** How many there are, listed or not. */
export async function countTickets({ reader }: Store, filter: TicketFilter): Promise<number> {
  let query = reader.selectFrom("tickets").select((e) => e.fn.countAll<number>().as("count"));
  if (filter !== "all") query = query.where("status", "=", filter);
  return Number((await query.executeTakeFirstOrThrow()).count);
}

/** @returns null where there is no such ticket. */
export async function readTicket(store: Store, no: number, nowMs: number) {
  const { reader } = store;
  const row = await cards(reader).where("t.no", "=", no).executeTakeFirst();
  if (row === undefined) return null;
  const history = await reader
    .selectFrom("ticket_history")
    .select(["wall_ms", "what", "actor", "text"])
    .where("ticket_no", "=", no)
    .orderBy("no")
    .execute();
  const machine = await readMachine(store, row, nowMs);
  const command = await reader.selectFrom("commands").select(["id", "done_ms"]).where("ticket_no", "=", no).executeTakeFirst();
  const prediction = JSON.parse(row.body) as Prediction;
  const diagnosed = await diagnosisOf(store, row, prediction);
  return {
    ...cardOf(row),
    diagnosis: diagnosed === null ? null : shownDiagnosis(diagnosed),
    trace_id: row.opening_trace,
    predictions: row.predictions,
    score_peak_ms: row.peak_ms,
    evidence_ms: prediction.time.wall_ms,
    layer: prediction.layer,
    layer_text: layerTexts[prediction.layer],
    /** What its signals' figures and bars mean. */
    evidence_text: evidenceTexts[prediction.layer],
    good_share: prediction.good_share,
    signals: prediction.signals.map((signal) => ({
      ...signal,
      title: pointTitle(signal.point, signal.unit),
      unit_text: unitText(signal.unit),
      baseline_text: signal.baseline === null ? null : amount(signal.baseline, signal.unit),
      now_text: signal.now === null ? null : amount(signal.now, signal.unit),
      zone_text: signal.zone === undefined ? null : zoneText(signal.zone),
    })),
    forecast_text: forecastText(prediction),
    prediction: { score: prediction.score, p_fail: prediction.p_fail, remaining_life: prediction.remaining_life },
    lineage: prediction.lineage,
    machine_class: machine?.class ?? null,
    machine_now: machine,
    command: command === undefined ? null : { id: command.id, state: command.done_ms === null ? "sent" : "done" },
    history,
  };
}

// What the latest evidence says; where it names no cause any more, what was named last.
async function diagnosisOf({ reader }: Store, row: CardRow, latest: Prediction): Promise<Prediction | null> {
  if (latest.diagnosis?.status === "named" || row.diagnosed_at === null) return latest.diagnosis === undefined ? null : latest;
  const [epoch = "", seq] = row.diagnosed_at.split("/");
  const named = await reader
    .selectFrom("predictions")
    .select("body")
    .where("tenant", "=", row.tenant)
    .where("agent", "=", row.incident_agent)
    .where("epoch", "=", epoch)
    .where("seq", "=", Number(seq))
    .executeTakeFirst();
  const earlier = named === undefined ? null : (JSON.parse(named.body) as Prediction);
  if (earlier?.diagnosis?.status === "named") return earlier;
  return latest.diagnosis === undefined ? null : latest;
}

function shownDiagnosis({ diagnosis, time }: Prediction) {
  const { status, lines } = diagnosis as Diagnosis;
  return {
    status,
    cause: diagnosis?.status === "named" ? diagnosis.cause : null,
    reason: diagnosis?.status === "unknown" ? diagnosis.reason : null,
    text: diagnosisText(diagnosis as Diagnosis),
    at_ms: time.wall_ms,
    lines: lines.map((line) => ({ ...line, title: lineTitle(line), text: lineText(line) })),
  };
}

export type TicketDetail = NonNullable<Awaited<ReturnType<typeof readTicket>>>;

function cards(reader: Store["reader"]) {
  return ticketsWithIncidents(reader)
    .innerJoin("predictions as p", (join) =>
      join
        .onRef("p.tenant", "=", "t.tenant")
        .onRef("p.agent", "=", "i.agent")
        .onRef("p.epoch", "=", "i.last_epoch")
        .onRef("p.seq", "=", "i.last_seq"),
    )
    .selectAll("t")
    .select([
      "i.last_level",
      "i.last_score",
      "i.score_peak",
      "i.peak_ms",
      "i.opening_trace",
      "i.predictions",
      "i.diagnosed_at",
      "i.agent as incident_agent",
      "p.body",
    ]);
}

type CardRow = Awaited<ReturnType<ReturnType<typeof cards>["execute"]>>[number];

function cardOf(row: CardRow): TicketCard {
  const machine = { site: row.site, name: row.machine };
  const prediction = JSON.parse(row.body) as Prediction;
  return {
    id: ticketId(row.no),
    status: row.status,
    tenant: row.tenant,
    agent: row.agent,
    machine,
    place: placeText(machine),
    failure_mode: row.failure_mode,
    failure_text: failureText(row.failure_mode),
    title: failureTitle(row.failure_mode),
    level: row.level,
    level_text: levelTexts[row.level],
    level_now: row.last_level,
    score: row.last_score,
    score_peak: row.score_peak,
    opened_at: new Date(row.opened_ms).toISOString(),
    opened_ms: row.opened_ms,
    updated_ms: row.updated_ms,
    closed_ms: row.closed_ms,
    episode: row.episode,
    sentence: predictionSentence(prediction),
    summary: predictionSummary(prediction),
    diagnosis_text: prediction.diagnosis === undefined ? null : diagnosisText(prediction.diagnosis),
    verdict: row.verdict,
    verdict_text: row.verdict === null ? null : verdictTexts[row.verdict as keyof typeof verdictTexts],
    verdict_failure_mode: row.verdict_mode,
    actor: row.actor,
    note: row.note,
  };
}
