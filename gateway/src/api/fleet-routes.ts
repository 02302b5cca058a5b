import { failureModes } from "@millwright/contract/failure-modes";
import type { FastifyInstance } from "fastify";
import { readAgents, readDeadLetters, readHealth, readMachines } from "../fleet/read-fleet.ts";
import { verdictTexts } from "../tickets/texts.ts";
import type { ApiContext } from "./api-context.ts";

/** GET /api/machines, /api/agents, /api/dead-letters, /api/health, /api/texts. */
export function addFleetRoutes(app: FastifyInstance, { store, wallMs, link }: ApiContext): void {
  app.get("/api/machines", async () => ({ machines: await readMachines(store), now_ms: wallMs() }));
  app.get("/api/agents", async () => ({ agents: await readAgents(store), now_ms: wallMs() }));
  app.get("/api/dead-letters", async () => ({ dead_letters: await readDeadLetters(store), now_ms: wallMs() }));
  app.get("/api/health", async () => {
    const state = link();
    return {
      status: state.broker === "connected" ? "ok" : "degraded",
      store: store.id,
      ...state,
      ...(await readHealth(store)),
      now_ms: wallMs(),
    };
  });
  app.get("/api/texts", async () => ({ failure_modes: failureModes, verdicts: verdictTexts }));
}
