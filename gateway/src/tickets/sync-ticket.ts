// Brings an incident's ticket up to the incident, inside the transaction that changed it. An episode has one ticket, for ever:
// it is opened once, raised and re-coded while it is open, and left alone when it is done.
import type { Insertable, Selectable } from "kysely";
import { type Incident, isHigher } from "../incidents/incident.ts";
import type { IncidentKey } from "../incidents/incident-rows.ts";
import type { Tx } from "../store/store.ts";
import type { TicketHistoryRow, TicketRow } from "../store/tables.ts";
import { historyTexts } from "./texts.ts";

export type OpenedTicket = Selectable<TicketRow>;

/** @returns the ticket where this call opened it, else null. */
export async function syncTicket(tx: Tx, key: IncidentKey, incident: Incident): Promise<OpenedTicket | null> {
  if (incident.opening === null) return null;
  const { tenant, site, machine, episode } = key;
  const known = await tx
    .selectFrom("tickets")
    .selectAll()
    .where("tenant", "=", tenant)
    .where("site", "=", site)
    .where("machine", "=", machine)
    .where("episode", "=", episode)
    .executeTakeFirst();
  if (known === undefined) return open(tx, key, incident, incident.opening.wallMs);
  if (known.status === "open") await update(tx, known, incident, incident.opening.wallMs);
  return null;
}

async function open(tx: Tx, key: IncidentKey, { failureMode, level, last }: Incident, openedMs: number): Promise<OpenedTicket | null> {
  const ticket = await tx
    .insertInto("tickets")
    .values({
      ...key,
      agent: last.agent,
      failure_mode: failureMode,
      level,
      status: "open",
      opened_ms: openedMs,
      updated_ms: last.wallMs,
      closed_ms: null,
      verdict: null,
      verdict_mode: null,
      actor: null,
      note: null,
      layer: null,
      model_id: null,
      model_hash: null,
      generation: null,
    })
    .onConflict((conflict) => conflict.doNothing())
    .returningAll()
    .executeTakeFirst();
  if (ticket === undefined) return null; // Another replica was first.
  await addHistory(tx, ticket, { wall_ms: openedMs, what: "opened", text: historyTexts.opened(level, last.score) });
  return ticket;
}

// The agent of its last evidence goes with it: a box that was renamed goes on with its episodes, and the verdict must reach it.
async function update(tx: Tx, ticket: OpenedTicket, { failureMode, level, last }: Incident, openedMs: number): Promise<void> {
  await tx
    .updateTable("tickets")
    .set({ agent: last.agent, failure_mode: failureMode, level, opened_ms: openedMs, updated_ms: last.wallMs })
    .where("no", "=", ticket.no)
    .execute();
  if (failureMode !== ticket.failure_mode)
    await addHistory(tx, ticket, { wall_ms: last.wallMs, what: "recoded", text: historyTexts.recoded(ticket.failure_mode, failureMode) });
  if (isHigher(level, ticket.level))
    await addHistory(tx, ticket, { wall_ms: last.wallMs, what: "level_raised", text: historyTexts.level_raised(level) });
}

/** Adds one line to a ticket's history. */
export async function addHistory(
  tx: Tx,
  ticket: { no: number; tenant: string },
  entry: Pick<Insertable<TicketHistoryRow>, "wall_ms" | "what" | "text"> & { actor?: string },
): Promise<void> {
  await tx
    .insertInto("ticket_history")
    .values({ ticket_no: ticket.no, tenant: ticket.tenant, actor: null, ...entry })
    .execute();
}
