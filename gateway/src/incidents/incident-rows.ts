// Incidents in the store and out of it.
import type { Selectable } from "kysely";
import type { Tx } from "../store/store.ts";
import type { IncidentRow } from "../store/tables.ts";
import type { Incident } from "./incident.ts";

export type IncidentKey = { tenant: string; site: string; machine: string; episode: string };

export async function loadIncident(tx: Tx, { tenant, site, machine, episode }: IncidentKey): Promise<Incident | null> {
  const row = await tx
    .selectFrom("incidents")
    .selectAll()
    .where("tenant", "=", tenant)
    .where("site", "=", site)
    .where("machine", "=", machine)
    .where("episode", "=", episode)
    .executeTakeFirst();
  return row === undefined ? null : incidentOf(row);
}

export async function saveIncident(tx: Tx, key: IncidentKey, incident: Incident): Promise<void> {
  const row = rowOf(key, incident);
  await tx
    .insertInto("incidents")
    .values(row)
    .onConflict((conflict) => conflict.columns(["tenant", "site", "machine", "episode"]).doUpdateSet(row))
    .execute();
}

function incidentOf(row: Selectable<IncidentRow>): Incident {
  const last = {
    at: row.last_at,
    wallMs: row.last_ms,
    level: row.last_level,
    failureMode: row.failure_mode,
    score: row.last_score,
    traceId: "",
    agent: row.agent,
    epoch: row.last_epoch,
    seq: row.last_seq,
  };
  return {
    failureMode: row.failure_mode,
    diagnosedAt: row.diagnosed_at,
    level: row.level,
    last,
    predictions: row.predictions,
    peak: row.score_peak === null ? null : { score: row.score_peak, wallMs: row.peak_ms ?? row.last_ms },
    first: { at: row.first_at, wallMs: row.first_ms },
    opening:
      row.opening_at === null ? null : { at: row.opening_at, wallMs: row.opening_ms ?? row.first_ms, traceId: row.opening_trace ?? "" },
  };
}

function rowOf(key: IncidentKey, { failureMode, diagnosedAt, level, peak, first, opening, last, predictions }: Incident): IncidentRow {
  return {
    ...key,
    agent: last.agent,
    failure_mode: failureMode,
    diagnosed_at: diagnosedAt,
    level,
    score_peak: peak?.score ?? null,
    peak_ms: peak?.wallMs ?? null,
    first_at: first.at,
    first_ms: first.wallMs,
    opening_at: opening?.at ?? null,
    opening_ms: opening?.wallMs ?? null,
    opening_trace: opening?.traceId ?? null,
    last_at: last.at,
    last_ms: last.wallMs,
    last_level: last.level,
    last_score: last.score,
    last_epoch: last.epoch,
    last_seq: last.seq,
    predictions,
  };
}
