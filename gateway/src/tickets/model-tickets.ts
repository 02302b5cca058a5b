// Tickets about a model, for the engineer; never about a machine, and never sent to a technician's box. The nightly report of a box opens one for
// drift and age, technicians' verdicts one of their own (../verdicts/propose-learning.ts): exactly one open ticket per (tenant, machine, cause), by a
// unique index. A report that names the cause again keeps the open one up to date; a report of which the cause is gone leaves it open, for a person
// to close. Where the box has learned another baseline meanwhile, it is about a model that is gone, and closes itself. What that person answered stands for a time: until then the same cause opens none, unless it went meanwhile or goes further than it did.
import type { Event, ModelCause } from "@millwright/contract/event";
import type { ExpressionBuilder } from "kysely";
import * as v from "valibot";
import type { Store, Tx } from "../store/store.ts";
import type { Tables } from "../store/tables.ts";
import { Actor, Note, noteOf } from "./actor.ts";
import { modelCauseTexts, modelQuietDays, modelQuietText, placeText, replacedText } from "./texts.ts";
import { modelTicketId, modelTicketNo } from "./ticket-id.ts";

type Origin = { tenant: string; agent: string };
export type OpenedModelTicket = { no: number; site: string; machine: string; cause: ModelCause };

const dayMs = 86_400_000;

export const CloseModelTicket = v.strictObject({
  actor: Actor,
  /** `retrain`: it will be learned again; the same cause is asked about again after 7 days. `keep`: after 30. */
  outcome: v.picklist(["retrain", "keep"], 'must be "retrain" or "keep"'),
  note: v.optional(Note),
});
export type CloseModelTicket = v.InferOutput<typeof CloseModelTicket>;

/** @param events new ones only @returns the tickets this call opened */
export async function openReportedTickets(tx: Tx, { tenant, agent }: Origin, events: readonly Event[]): Promise<OpenedModelTicket[]> {
  const opened: OpenedModelTicket[] = [];
  for (const report of events) {
    const { event, machine, time } = report;
    if (machine === undefined) continue;
    const place = { tenant, site: machine.site, machine: machine.name };
    if (event === "baseline_ready") await closeReplaced(tx, place, report);
    if (event !== "model_report") continue;
    // Older agents counted verdicts themselves; here they are known by model.
    const causes = new Set(report.model_causes?.filter((cause) => cause !== "verdicts"));
    await endQuiet(tx, place, causes, time.wall_ms);
    for (const cause of causes) {
      const about = { ...place, cause };
      const reported = { agent, text: report.text, wallMs: time.wall_ms, extent: extentOf(cause, report) };
      const ticket = (await isAnswered(tx, about, reported)) ? undefined : await openModelTicket(tx, about, reported);
      if (ticket !== undefined) opened.push(ticket);
    }
  }
  return opened;
}

type Place = { tenant: string; site: string; machine: string };
type CauseOfMachine = Place & { cause: ModelCause };
type Reported = { agent: string; text: string; wallMs: number; extent: number | null };

/** Opens it, or keeps the open one up to date. @returns it where this call opened it */
export async function openModelTicket(tx: Tx, about: CauseOfMachine, report: Reported): Promise<OpenedModelTicket | undefined> {
  const open = await tx.selectFrom("model_tickets").select("no").where(sameCause(about)).where("status", "=", "open").executeTakeFirst();
  if (open !== undefined) {
    await keepUpToDate(tx, open.no, report);
    return undefined;
  }
  const { agent, text, wallMs, extent } = report;
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

/** A person has answered this very cause, and it goes no further than it did. */
async function isAnswered(tx: Tx, about: CauseOfMachine, report: Reported): Promise<boolean> {
  const ofCause = tx.selectFrom("model_tickets").where(sameCause(about)).where("status", "=", "done");
  // A backlog of reports from before a person closed the ticket opens no other.
  const closedLater = await ofCause.select("no").where("closed_ms", ">=", report.wallMs).executeTakeFirst();
  if (closedLater !== undefined) return true;
  const quiet = await ofCause.select(["no", "extent"]).where("kept_until_ms", ">", report.wallMs).executeTakeFirst();
  if (quiet === undefined || (report.extent ?? 0) > (quiet.extent ?? 0)) return false;
  await keepUpToDate(tx, quiet.no, report);
  return true;
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
async function endQuiet(tx: Tx, { tenant, site, machine }: Place, causes: ReadonlySet<ModelCause>, wallMs: number): Promise<void> {
  await tx
    .updateTable("model_tickets")
    .set({ kept_until_ms: null })
    .where("tenant", "=", tenant)
    .where("site", "=", site)
    .where("machine", "=", machine)
    .where("closed_ms", "<", wallMs)
    .where("cause", "not in", [...causes, "verdicts"])
    .execute();
}

/** What was said of the model before, nobody has to answer any more; what was said of the new one stays. */
async function closeReplaced(tx: Tx, { tenant, site, machine }: Place, { text, time }: Event): Promise<void> {
  await tx
    .updateTable("model_tickets")
    .set({ status: "done", closed_ms: time.wall_ms, note: replacedText(text) })
    .where((e) => e.and({ tenant, site, machine, status: "open" }))
    .where("updated_ms", "<", time.wall_ms)
    .execute();
}

/** A cause that goes further than when it was looked at is another one: one signal more has drifted. */
const extentOf = (cause: ModelCause, { figures }: Event): number | null => (cause === "drift" ? (figures?.["drifted"] ?? null) : null);

const maxListed = 200;

/** `current`: open, or answered and not yet to be asked about again. */
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
    kept_text: row.kept_until_ms === null || row.kept_until_ms <= nowMs ? null : modelQuietText(row, row.kept_until_ms),
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
        kept_until_ms: nowMs + modelQuietDays[outcome] * dayMs,
        note: noteOf(note),
      })
      .where("no", "=", no)
      .where("status", "=", "open")
      .returning("no")
      .execute(),
  );
  return closed !== undefined;
}
