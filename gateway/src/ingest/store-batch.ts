// One batch and all its effects, inside the caller's transaction: records with their dedupe marks (their keys), incidents, tickets,
// commands that are done. Effects come from records that are new, so that a redelivery has none.
import type { Event } from "@millwright/contract/event";
import type { Prediction } from "@millwright/contract/prediction";
import type { Telemetry } from "@millwright/contract/telemetry";
import { finishCommands } from "../commands/finish-commands.ts";
import { showPredictions, showRows } from "../fleet/show-machine.ts";
import { evidenceOf, type Incident, stepIncident } from "../incidents/incident.ts";
import { loadIncident, saveIncident } from "../incidents/incident-rows.ts";
import type { Tx } from "../store/store.ts";
import { type OpenedModelTicket, openReportedTickets } from "../tickets/model-tickets.ts";
import { type OpenedTicket, syncTicket } from "../tickets/sync-ticket.ts";
import { insertEvents, insertPredictions, insertTelemetry } from "./insert-records.ts";
import type { Batch } from "./parse-batch.ts";

export type Stored = { newSeqs: number[]; opened: OpenedTicket[]; doneCommands: string[]; openedModelTickets: OpenedModelTicket[] };

const noEffects = { opened: [], doneCommands: [], openedModelTickets: [] };

const isOf =
  <R>(seqs: ReadonlySet<number>) =>
  (record: R & { seq: number }): boolean =>
    seqs.has(record.seq);

/** Stores a batch of at least one record, taken at `nowMs`. */
export async function storeBatch(tx: Tx, batch: Batch, nowMs: number): Promise<Stored> {
  switch (batch.lane) {
    case "prediction":
      return storePredictions(tx, batch, batch.records as Prediction[], nowMs);
    case "event":
      return storeEvents(tx, batch, batch.records as Event[]);
    case "telemetry": {
      const records = batch.records as Telemetry[];
      const seqs = await insertTelemetry(tx, batch, records);
      await showRows(tx, { ...batch, nowMs }, records.filter(isOf(seqs)));
      return { newSeqs: [...seqs], ...noEffects };
    }
  }
}

async function storeEvents(tx: Tx, batch: Batch, records: Event[]): Promise<Stored> {
  const seqs = await insertEvents(tx, batch, records);
  const fresh = records.filter(isOf(seqs));
  const doneCommands = await finishCommands(tx, batch, fresh);
  const openedModelTickets = await openReportedTickets(tx, batch, fresh);
  return { ...noEffects, newSeqs: [...seqs], doneCommands, openedModelTickets };
}

async function storePredictions(tx: Tx, batch: Batch, records: Prediction[], nowMs: number): Promise<Stored> {
  const seqs = await insertPredictions(tx, batch, records);
  const fresh = records.filter(isOf(seqs));
  await showPredictions(tx, { ...batch, nowMs }, fresh);
  const opened: OpenedTicket[] = [];
  for (const predictions of Map.groupBy(
    fresh.filter(isOfIncident),
    ({ machine, episode }) => `${machine.site} ${machine.name} ${episode}`,
  ).values()) {
    const { machine, episode } = predictions[0] as Prediction;
    const key = { tenant: batch.tenant, site: machine.site, machine: machine.name, episode: episode as string };
    const before = await loadIncident(tx, key);
    const after = predictions.reduce<Incident | null>(
      (incident, prediction) => stepIncident(incident, evidenceOf(batch, prediction)),
      before,
    ) as Incident;
    await saveIncident(tx, key, after);
    const ticket = await syncTicket(tx, key, after);
    if (ticket !== null) opened.push(ticket);
  }
  return { ...noEffects, newSeqs: [...seqs], opened };
}

// Without an episode there is nothing to act on, whatever the level: a technician has answered it.
const isOfIncident = ({ episode, level }: Prediction): boolean => episode !== null && level !== "normal";
