import type { FastifyInstance } from "fastify";
import * as v from "valibot";
import { readModelRecords } from "../verdicts/model-records.ts";
import { readVerdictLines, VerdictFilter } from "../verdicts/verdict-lines.ts";
import type { ApiContext } from "./api-context.ts";
import { badRequest } from "./bad-request.ts";

/** GET /api/models: what verdicts say of each machine's models. GET /api/verdicts?site=&machine=&tenant=: the verdicts, to learn and compare with. */
export function addVerdictRoutes(app: FastifyInstance, { store, wallMs }: ApiContext): void {
  app.get("/api/models", async () => ({ machines: await readModelRecords(store), now_ms: wallMs() }));
  app.get("/api/verdicts", async ({ query }, reply) => {
    const filter = v.safeParse(VerdictFilter, query);
    if (!filter.success) return badRequest(reply, filter.issues);
    return { verdicts: await readVerdictLines(store, filter.output), now_ms: wallMs() };
  });
}
