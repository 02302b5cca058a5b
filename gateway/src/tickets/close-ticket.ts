// A technician's verdict: the ticket is done, its history says who found what, and a command tells the agent.
import { randomUUID } from "node:crypto";
import { type Command, VerdictKind } from "@millwright/contract/down-message";
import { FailureMode } from "@millwright/contract/failure-modes";
import * as v from "valibot";
import { commandRow } from "../commands/command-sender.ts";
import type { Store } from "../store/store.ts";
import { modelOfTicket } from "../verdicts/model-of-ticket.ts";
import { proposeLearning } from "../verdicts/propose-learning.ts";
import { Actor, Note, noteOf } from "./actor.ts";
import type { OpenedModelTicket } from "./model-tickets.ts";
import { addHistory, type OpenedTicket } from "./sync-ticket.ts";
import { historyTexts } from "./texts.ts";
import { ticketId } from "./ticket-id.ts";

export const Verdict = v.strictObject({
  verdict: VerdictKind,
  actor: Actor,
  failure_mode: v.optional(FailureMode),
  note: v.optional(Note),
});
export type Verdict = v.InferOutput<typeof Verdict>;

/** `proposed`: a model ticket that the verdict opened. */
export type Closed =
  | { outcome: "closed"; ticket: OpenedTicket; proposed?: OpenedModelTicket | undefined }
  | { outcome: "unknown" }
  | { outcome: "already_done" };

/** One transaction: verdict, history, command, and what it means for the model. A ticket that is done stays as it is. */
export function closeTicket(
  store: Store,
  no: number,
  { verdict, actor, failure_mode: mode, note }: Verdict,
  { nowMs, ticketGoal }: { nowMs: number /** Share of a model's tickets that should have a fault behind them. */; ticketGoal: number },
): Promise<Closed> {
  return store.transaction(async (tx) => {
    const ticket = await tx
      .updateTable("tickets")
      .set({
        status: "done",
        closed_ms: nowMs,
        updated_ms: nowMs,
        verdict,
        verdict_mode: mode ?? null,
        actor,
        note: noteOf(note),
      })
      .where("no", "=", no)
      .where("status", "<>", "done")
      .returningAll()
      .executeTakeFirst();
    if (ticket === undefined) {
      const known = await tx.selectFrom("tickets").select("no").where("no", "=", no).executeTakeFirst();
      return { outcome: known === undefined ? "unknown" : "already_done" };
    }
    await addHistory(tx, ticket, {
      wall_ms: nowMs,
      what: "closed",
      actor,
      text: historyTexts.closed(verdict, ticket.verdict_mode, ticket.note),
    });
    await tx
      .insertInto("commands")
      .values(commandRow(ticket, commandOf(ticket, verdict, actor, nowMs), no))
      .execute();
    const judged = await modelOfTicket(tx, ticket);
    await tx.updateTable("tickets").set(judged).where("no", "=", no).execute();
    return { outcome: "closed", ticket, proposed: await proposeLearning(tx, { ...ticket, ...judged }, ticketGoal, nowMs) };
  });
}

function commandOf(ticket: OpenedTicket, verdict: VerdictKind, actor: string, nowMs: number): Command {
  return {
    schema: "millwright/command/1",
    id: randomUUID(),
    command: "verdict",
    machine: { site: ticket.site, name: ticket.machine },
    episode: ticket.episode,
    ticket: ticketId(ticket.no),
    verdict,
    failure_mode: ticket.verdict_mode ?? ticket.failure_mode,
    actor,
    wall_ms: nowMs,
  };
}
