import type { FastifyInstance } from "fastify";
import * as v from "valibot";
import {
  CloseModelTicket,
  closeModelTicket,
  listModelTickets,
  type ModelTicketFilter,
  modelTicketFilters,
} from "../tickets/model-tickets.ts";
import type { ApiContext } from "./api-context.ts";
import { badRequest } from "./bad-request.ts";

/** GET /api/model-tickets?status=open|done|current|all; POST /api/model-tickets/:id/close {actor, outcome, note?}. */
export function addModelTicketRoutes(app: FastifyInstance, { store, wallMs }: ApiContext): void {
  app.get<{ Querystring: { status?: string } }>("/api/model-tickets", async ({ query: { status = "open" } }, reply) => {
    const isFilter = (text: string): text is ModelTicketFilter => (modelTicketFilters as readonly string[]).includes(text);
    if (!isFilter(status))
      return reply
        .code(400)
        .send({ error: "bad_request", message: `status must be one of ${modelTicketFilters.join(", ")}, not "${status}".` });
    return { model_tickets: await listModelTickets(store, status, wallMs()), now_ms: wallMs() };
  });
  app.post<{ Params: { id: string } }>("/api/model-tickets/:id/close", async ({ params: { id }, body }, reply) => {
    const request = v.safeParse(CloseModelTicket, body);
    if (!request.success) return badRequest(reply, request.issues);
    if (await closeModelTicket(store, id, request.output, wallMs())) return { closed: id, now_ms: wallMs() };
    return reply.code(404).send({ error: "not_found", message: `There is no open model ticket "${id}".` });
  });
}
