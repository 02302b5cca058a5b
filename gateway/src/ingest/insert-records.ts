// Records into their table; the key decides which of them are new. One statement a batch (500 records × 12 columns is within
// SQLite's 32,766 parameters, https://sqlite.org/limits.html).
import type { Event } from "@millwright/contract/event";
import type { Prediction } from "@millwright/contract/prediction";
import type { Telemetry } from "@millwright/contract/telemetry";
import type { Tx } from "../store/store.ts";

type Origin = { tenant: string; agent: string; epoch: string };

/** @returns the sequence numbers that were not there before. */
export async function insertPredictions(tx: Tx, { tenant, agent, epoch }: Origin, records: readonly Prediction[]): Promise<Set<number>> {
  const rows = records.map((record) => ({
    tenant,
    agent,
    epoch,
    seq: record.seq,
    site: record.machine.site,
    machine: record.machine.name,
    wall_ms: record.time.wall_ms,
    trace_id: record.trace_id,
    episode: record.episode,
    failure_mode: record.failure_mode,
    level: record.level,
    score: record.score.status === "available" ? record.score.value : null,
    body: JSON.stringify(record),
  }));
  return seqsOf(
    await tx
      .insertInto("predictions")
      .values(rows)
      .onConflict((conflict) => conflict.doNothing())
      .returning("seq")
      .execute(),
  );
}

/** @returns the sequence numbers that were not there before. */
export async function insertEvents(tx: Tx, { tenant, agent, epoch }: Origin, records: readonly Event[]): Promise<Set<number>> {
  const rows = records.map((record) => ({
    tenant,
    agent,
    epoch,
    seq: record.seq,
    site: record.machine?.site ?? null,
    machine: record.machine?.name ?? null,
    wall_ms: record.time.wall_ms,
    event: record.event,
    severity: record.severity,
    text: record.text,
    body: JSON.stringify(record),
  }));
  return seqsOf(
    await tx
      .insertInto("events")
      .values(rows)
      .onConflict((conflict) => conflict.doNothing())
      .returning("seq")
      .execute(),
  );
}

/** @returns the sequence numbers that were not there before. */
export async function insertTelemetry(tx: Tx, { tenant, agent, epoch }: Origin, records: readonly Telemetry[]): Promise<Set<number>> {
  const rows = records.map((record) => ({
    tenant,
    agent,
    epoch,
    seq: record.seq,
    site: record.machine.site,
    machine: record.machine.name,
    wall_ms: record.time.wall_ms,
    update_no: record.update ?? null,
    values: JSON.stringify(record.values),
    not_good: record.not_good === undefined ? null : JSON.stringify(record.not_good),
    score: record.score,
    level: record.level,
  }));
  return seqsOf(
    await tx
      .insertInto("telemetry")
      .values(rows)
      .onConflict((conflict) => conflict.doNothing())
      .returning("seq")
      .execute(),
  );
}

const seqsOf = (rows: readonly { seq: number }[]): Set<number> => new Set(rows.map(({ seq }) => seq));
