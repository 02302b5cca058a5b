// Tickets about a model, for the engineer; never about a machine, and never sent to a technician's box. The nightly report of a box opens one for
// each cause it names: exactly one open ticket per (tenant, machine, cause), by a unique index. A report that names the cause again keeps the open one
// up to date; a report of which the cause is gone leaves it open, for a person to close.
import type { Event, ModelCause } from "@millwright/contract/event";
import * as v from "valibot";
import type { Store, Tx } from "../store/store.ts";
import { Actor } from "./close-ticket.ts";
import { modelCauseTexts, placeText } from "./texts.ts";
import { modelTicketId, modelTicketNo } from "./ticket-id.ts";

type Origin = { tenant: string; agent: string };
export type OpenedModelTicket = { no: number; site: string; machine: string; cause: ModelCause };

export const CloseModelTicket = v.strictObject({
  actor: Actor,
  note: v.optional(v.pipe(v.string(), v.trim(), v.maxLength(2_000, "must have at most 2000 characters"))),
});
export type CloseModelTicket = v.InferOutput<typeof CloseModelTicket>;

/** @param events new ones only @returns the tickets this call opened */
export async function openModelTickets(tx: Tx, { tenant, agent }: Origin, events: readonly Event[]): Promise<OpenedModelTicket[]> {
  const opened: OpenedModelTicket[] = [];
  for (const { event, machine, model_causes: causes = [], text, time } of events) {
    if (event !== "model_report" || machine === undefined) continue;
    for (const cause of new Set(causes)) {
      const place = { tenant, site: machine.site, machine: machine.name, cause };
      // An older report that was delivered late says nothing new.
      const [known] = await tx
        .updateTable("model_tickets")
        .set((e) => ({
          agent,
          text: e.case().when("updated_ms", "<=", time.wall_ms).then(text).else(e.ref("text")).end(),
          updated_ms: e.case().when("updated_ms", "<=", time.wall_ms).then(time.wall_ms).else(e.ref("updated_ms")).end(),
        }))
        .where("tenant", "=", tenant)
        .where("site", "=", machine.site)
        .where("machine", "=", machine.name)
        .where("cause", "=", cause)
        .where("status", "=", "open")
        .returning("no")
        .execute();
      if (known !== undefined || (await wasClosedLater(tx, place, time.wall_ms))) continue;
      const ticket = await tx
        .insertInto("model_tickets")
        .values({
          ...place,
          agent,
          status: "open",
          text,
          opened_ms: time.wall_ms,
          updated_ms: time.wall_ms,
          closed_ms: null,
          actor: null,
          note: null,
        })
        .onConflict((conflict) => conflict.doNothing())
        .returning(["no", "site", "machine", "cause"])
        .executeTakeFirst();
      if (ticket !== undefined) opened.push(ticket);
    }
  }
  return opened;
}

/** A backlog of reports from before a person closed the ticket opens no other. */
async function wasClosedLater(
  tx: Tx,
  { tenant, site, machine, cause }: { tenant: string; site: string; machine: string; cause: ModelCause },
  reportMs: number,
): Promise<boolean> {
  const closed = await tx
    .selectFrom("model_tickets")
    .select("no")
    .where("tenant", "=", tenant)
    .where("site", "=", site)
    .where("machine", "=", machine)
    .where("cause", "=", cause)
    .where("closed_ms", ">=", reportMs)
    .executeTakeFirst();
  return closed !== undefined;
}

const maxListed = 200;

/** Open ones first, then the newest; at most 200. */
export async function listModelTickets({ reader }: Store, filter: "open" | "done" | "all") {
  let query = reader.selectFrom("model_tickets").selectAll();
  if (filter !== "all") query = query.where("status", "=", filter);
  const rows = await query.orderBy("status", "desc").orderBy("opened_ms", "desc").limit(maxListed).execute();
  return rows.map(({ no, site, machine, ...row }) => ({
    ...row,
    id: modelTicketId(no),
    kind: "model" as const,
    machine: { site, name: machine },
    place: placeText({ site, name: machine }),
    title: modelCauseTexts[row.cause],
  }));
}

export type ModelTicketCard = Awaited<ReturnType<typeof listModelTickets>>[number];

/** @param id as people write it, `M-3` @returns whether it was open */
export async function closeModelTicket(store: Store, id: string, { actor, note }: CloseModelTicket, nowMs: number): Promise<boolean> {
  const no = modelTicketNo(id);
  if (no === null) return false;
  const [closed] = await store.transaction((tx) =>
    tx
      .updateTable("model_tickets")
      .set({ status: "done", closed_ms: nowMs, updated_ms: nowMs, actor, note: note === undefined || note === "" ? null : note })
      .where("no", "=", no)
      .where("status", "=", "open")
      .returning("no")
      .execute(),
  );
  return closed !== undefined;
}
