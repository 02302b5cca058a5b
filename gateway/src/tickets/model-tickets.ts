// Tickets about a model, for the engineer; never about a machine, and never sent to a technician's box. The nightly report of a box opens one for
// each cause it names: exactly one open ticket per (tenant, machine, cause), by a unique index. A report that names the cause again keeps the open one
// up to date; a report of which the cause is gone leaves it open, for a person to close. Where that person keeps the model, the same cause opens none
// for 30 days, unless it went meanwhile or goes further than it did.
import type { Event, ModelCause } from "@millwright/contract/event";
import type { ExpressionBuilder } from "kysely";
import * as v from "valibot";
import type { Store, Tx } from "../store/store.ts";
import type { Tables } from "../store/tables.ts";
import { Actor } from "./close-ticket.ts";
import { modelCauseTexts, modelKeptText, placeText } from "./texts.ts";
import { modelTicketId, modelTicketNo } from "./ticket-id.ts";

type Origin = { tenant: string; agent: string };
export type OpenedModelTicket = { no: number; site: string; machine: string; cause: ModelCause };

/** How long a decision to keep the model stands while its cause is the same. */
const keptMs = 30 * 86_400_000;

export const CloseModelTicket = v.strictObject({
  actor: Actor,
  /** `retrain`: it will be learned again, and is asked about again until then. `keep`: the same cause is not, for 30 days. */
  outcome: v.picklist(["retrain", "keep"], 'must be "retrain" or "keep"'),
  note: v.optional(v.pipe(v.string(), v.trim(), v.maxLength(2_000, "must have at most 2000 characters"))),
});
export type CloseModelTicket = v.InferOutput<typeof CloseModelTicket>;

/** @param events new ones only @returns the tickets this call opened */
export async function openModelTickets(tx: Tx, { tenant, agent }: Origin, events: readonly Event[]): Promise<OpenedModelTicket[]> {
  const opened: OpenedModelTicket[] = [];
  for (const report of events) {
    const { event, machine, model_causes: causes = [], time } = report;
    if (event !== "model_report" || machine === undefined) continue;
    const place = { tenant, site: machine.site, machine: machine.name };
    await endKept(tx, place, causes, time.wall_ms);
    for (const cause of new Set(causes)) {
      const ticket = await openOne(
        tx,
        { ...place, cause },
        { agent, text: report.text, wallMs: time.wall_ms, extent: extentOf(cause, report) },
      );
      if (ticket !== undefined) opened.push(ticket);
    }
  }
  return opened;
}

type Place = { tenant: string; site: string; machine: string };
type CauseOfMachine = Place & { cause: ModelCause };
type Reported = { agent: string; text: string; wallMs: number; extent: number | null };

async function openOne(tx: Tx, about: CauseOfMachine, report: Reported): Promise<OpenedModelTicket | undefined> {
  const { agent, text, wallMs, extent } = report;
  const ofCause = tx.selectFrom("model_tickets").where(sameCause(about));
  const [open] = await ofCause.select("no").where("status", "=", "open").execute();
  if (open !== undefined) {
    await keepUpToDate(tx, open.no, report);
    return undefined;
  }
  // A backlog of reports from before a person closed the ticket opens no other.
  const closedLater = await ofCause.select("no").where("closed_ms", ">=", wallMs).executeTakeFirst();
  if (closedLater !== undefined) return undefined;
  const kept = await ofCause.select(["no", "extent"]).where("kept_until_ms", ">", wallMs).executeTakeFirst();
  if (kept !== undefined && (extent ?? 0) <= (kept.extent ?? 0)) {
    await keepUpToDate(tx, kept.no, report);
    return undefined;
  }
  await tx.updateTable("model_tickets").set({ kept_until_ms: null }).where(sameCause(about)).execute();
  return tx
    .insertInto("model_tickets")
    .values({
      ...about,
      agent,
      status: "open",
      text,
      opened_ms: wallMs,
      updated_ms: wallMs,
      closed_ms: null,
      actor: null,
      note: null,
      outcome: null,
      kept_until_ms: null,
      extent,
    })
    .onConflict((conflict) => conflict.doNothing())
    .returning(["no", "site", "machine", "cause"])
    .executeTakeFirst();
}

const sameCause =
  ({ tenant, site, machine, cause }: CauseOfMachine) =>
  (e: ExpressionBuilder<Tables, "model_tickets">) =>
    e.and({ tenant, site, machine, cause });

/** An older report that was delivered late says nothing new. */
async function keepUpToDate(tx: Tx, no: number, { agent, text, wallMs, extent }: Reported): Promise<void> {
  await tx
    .updateTable("model_tickets")
    .set({ agent, text, updated_ms: wallMs, extent })
    .where("no", "=", no)
    .where("updated_ms", "<=", wallMs)
    .execute();
}

/** The cause has gone, so what was decided about it is over: when it comes again it is another. */
async function endKept(tx: Tx, { tenant, site, machine }: Place, causes: readonly ModelCause[], wallMs: number): Promise<void> {
  const still = causes.length === 0 ? null : [...causes];
  await tx
    .updateTable("model_tickets")
    .set({ kept_until_ms: null })
    .where("tenant", "=", tenant)
    .where("site", "=", site)
    .where("machine", "=", machine)
    .where("closed_ms", "<", wallMs)
    .$if(still !== null, (query) => query.where("cause", "not in", still ?? []))
    .execute();
}

/** A kept cause that goes further than when it was looked at is another one: one signal more has drifted, one ticket more found nothing. */
const extentOf = (cause: ModelCause, { figures }: Event): number | null =>
  (cause === "drift" ? figures?.["drifted"] : cause === "verdicts" ? figures?.["nothing"] : null) ?? null;

const maxListed = 200;

/** `current`: open, or done with the model kept and not yet to be asked about again. */
export const modelTicketFilters = ["open", "done", "current", "all"] as const;
export type ModelTicketFilter = (typeof modelTicketFilters)[number];

/** Open ones first, then the newest; at most 200. */
export async function listModelTickets({ reader }: Store, filter: ModelTicketFilter, nowMs: number) {
  let query = reader.selectFrom("model_tickets").selectAll();
  if (filter === "current") query = query.where((e) => e.or([e("status", "=", "open"), e("kept_until_ms", ">", nowMs)]));
  else if (filter !== "all") query = query.where("status", "=", filter);
  const rows = await query.orderBy("status", "desc").orderBy("opened_ms", "desc").limit(maxListed).execute();
  return rows.map(({ no, site, machine, ...row }) => ({
    ...row,
    id: modelTicketId(no),
    kind: "model" as const,
    machine: { site, name: machine },
    place: placeText({ site, name: machine }),
    title: modelCauseTexts[row.cause],
    kept_text: row.kept_until_ms === null || row.kept_until_ms <= nowMs ? null : modelKeptText(row.actor ?? "", row.kept_until_ms),
  }));
}

export type ModelTicketCard = Awaited<ReturnType<typeof listModelTickets>>[number];

/** @param id as people write it, `M-3` @returns whether it was open */
export async function closeModelTicket(
  store: Store,
  id: string,
  { actor, outcome, note }: CloseModelTicket,
  nowMs: number,
): Promise<boolean> {
  const no = modelTicketNo(id);
  if (no === null) return false;
  const [closed] = await store.transaction((tx) =>
    tx
      .updateTable("model_tickets")
      .set({
        status: "done",
        closed_ms: nowMs,
        updated_ms: nowMs,
        actor,
        outcome,
        kept_until_ms: outcome === "keep" ? nowMs + keptMs : null,
        note: note === undefined || note === "" ? null : note,
      })
      .where("no", "=", no)
      .where("status", "=", "open")
      .returning("no")
      .execute(),
  );
  return closed !== undefined;
}
