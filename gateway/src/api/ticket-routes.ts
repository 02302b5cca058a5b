import type { FastifyInstance, FastifyReply } from "fastify";
import * as v from "valibot";
import { closeTicket, Verdict } from "../tickets/close-ticket.ts";
import { readSeries } from "../tickets/read-series.ts";
import { countTickets, listTickets, readTicket, type TicketFilter } from "../tickets/read-tickets.ts";
import { ticketNo } from "../tickets/ticket-id.ts";
import type { ApiContext } from "./api-context.ts";
import { badRequest } from "./bad-request.ts";

type OfTicket = { Params: { id: string } };

/** GET /api/tickets, /api/tickets/:id, /api/tickets/:id/series; POST /api/tickets/:id/close. */
export function addTicketRoutes(app: FastifyInstance, { store, wallMs, ticketGoal, onClosed }: ApiContext): void {
  app.get<{ Querystring: { status?: string } }>("/api/tickets", async ({ query: { status = "open" } }, reply) => {
    if (!isFilter(status))
      return reply.code(400).send({ error: "bad_request", message: `status must be open, done or all, not "${status}".` });
    return { tickets: await listTickets(store, status), total: await countTickets(store, status), now_ms: wallMs() };
  });
  app.get<OfTicket>("/api/tickets/:id", async ({ params: { id } }, reply) => {
    const ticket = await withNo(id, (no) => readTicket(store, no, wallMs()));
    return ticket === null ? unknown(reply, id) : { ticket, now_ms: wallMs() };
  });
  app.get<OfTicket>(
    "/api/tickets/:id/series",
    async ({ params: { id } }, reply) => (await withNo(id, (no) => readSeries(store, no))) ?? unknown(reply, id),
  );
  app.post<OfTicket>("/api/tickets/:id/close", async ({ params: { id }, body }, reply) => {
    const verdict = v.safeParse(Verdict, body);
    if (!verdict.success) return badRequest(reply, verdict.issues);
    const closed = await withNo(id, (no) => closeTicket(store, no, verdict.output, { nowMs: wallMs(), ticketGoal }));
    if (closed === null || closed.outcome === "unknown") return unknown(reply, id);
    if (closed.outcome === "already_done")
      return reply.code(409).send({ error: "already_done", message: `${id} is done already; its verdict stands.` });
    onClosed(closed.ticket, closed.proposed);
    return { ticket: await readTicket(store, closed.ticket.no, wallMs()), now_ms: wallMs() };
  });
}

const isFilter = (text: string): text is TicketFilter => text === "open" || text === "done" || text === "all";

async function withNo<T>(id: string, read: (no: number) => Promise<T | null>): Promise<T | null> {
  const no = ticketNo(id);
  return no === null ? null : read(no);
}

const unknown = (reply: FastifyReply, id: string): FastifyReply =>
  reply.code(404).send({ error: "not_found", message: `There is no ticket "${id}".` });
