import type { FastifyInstance } from "fastify";
import { readModelRecords } from "../verdicts/model-records.ts";
import { readVerdictLines, type VerdictFilter } from "../verdicts/verdict-lines.ts";
import type { ApiContext } from "./api-context.ts";

/** GET /api/models: what verdicts say of each machine's models. GET /api/verdicts?site=&machine=&tenant=: the verdicts, to learn and compare with. */
export function addVerdictRoutes(app: FastifyInstance, { store, wallMs }: ApiContext): void {
  app.get("/api/models", async () => ({ machines: await readModelRecords(store), now_ms: wallMs() }));
  app.get<{ Querystring: VerdictFilter }>("/api/verdicts", async ({ query }) => ({
    verdicts: await readVerdictLines(store, query),
    now_ms: wallMs(),
  }));
}
