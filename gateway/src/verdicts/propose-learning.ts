// After a verdict: where those on the machine's live model say that its tickets are wrong too often, a model ticket proposes to learn it again.
// Nothing is learned by itself. Verdicts of before an engineer's last answer are answered with it: after it they count anew.
import type { Tx } from "../store/store.ts";
import type { TicketRow } from "../store/tables.ts";
import { type OpenedModelTicket, openModelTicket } from "../tickets/model-tickets.ts";
import { countsOf, modesOf, verdictGroups } from "./model-records.ts";
import { modeText, proposalText } from "./record-text.ts";
import { isTooOftenWrong } from "./too-often-wrong.ts";

type Judged = Pick<TicketRow, "tenant" | "site" | "machine" | "agent" | "model_id" | "model_hash" | "generation">;

/** @param goal share of a model's tickets that should have a fault behind them @returns the model ticket where this call opened it */
export async function proposeLearning(tx: Tx, ticket: Judged, goal: number, nowMs: number): Promise<OpenedModelTicket | undefined> {
  const { tenant, site, machine, model_hash: hash } = ticket;
  if (hash === null || !(await isLive(tx, ticket))) return undefined;
  const about = { tenant, site, machine, cause: "verdicts" as const };
  const groups = await verdictGroups(tx)
    .where((e) => e.and({ tenant, site, machine, model_hash: hash }))
    .where("closed_ms", ">", await answeredMs(tx, about))
    .execute();
  const counts = countsOf(groups);
  if (!isTooOftenWrong(counts, goal)) return undefined;
  const text = proposalText(ticket, counts, { goal, modes: modesOf(groups).map(modeText) });
  return openModelTicket(tx, about, { agent: ticket.agent, text, wallMs: nowMs, extent: null });
}

/** A verdict on a model that has been replaced meanwhile proposes nothing. */
async function isLive(tx: Tx, { tenant, site, machine, model_hash }: Judged): Promise<boolean> {
  const row = await tx
    .selectFrom("machines")
    .select("model_hash")
    .where((e) => e.and({ tenant, site, machine }))
    .executeTakeFirst();
  return row?.model_hash === model_hash;
}

async function answeredMs(tx: Tx, about: { tenant: string; site: string; machine: string; cause: "verdicts" }): Promise<number> {
  const { last } = await tx
    .selectFrom("model_tickets")
    .select((e) => e.fn.max("closed_ms").as("last"))
    .where((e) => e.and(about))
    .executeTakeFirstOrThrow();
  return last ?? 0;
}
