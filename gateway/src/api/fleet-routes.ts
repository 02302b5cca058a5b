import { failureModes } from "@millwright/contract/failure-modes";
import type { FastifyInstance, FastifyReply } from "fastify";
import * as v from "valibot";
import { askRelearn, RelearnRequest } from "../commands/ask-relearn.ts";
import { askWait, WaitQuestion } from "../fleet/ask-wait.ts";
import { countDeadLetters, readAgents, readDeadLetters, readHealth } from "../fleet/read-fleet.ts";
import { readMachine, readMachines } from "../fleet/read-machines.ts";
import { plantHeadline, silenceHeadline, verdictTexts } from "../tickets/texts.ts";
import type { ApiContext } from "./api-context.ts";
import { badRequest } from "./bad-request.ts";

/** GET /api/machines, /api/machines/wait (what if the work waits), /api/agents, /api/dead-letters, /api/health, /api/texts; POST /api/machines/relearn. */
export function addFleetRoutes(app: FastifyInstance, { store, wallMs, broker, link, onRelearn }: ApiContext): void {
  app.get("/api/machines", async () => {
    const nowMs = wallMs();
    const machines = await readMachines(store, nowMs);
    return { headline: plantHeadline(machines), silence: silenceHeadline(machines), machines, now_ms: nowMs };
  });
  app.get("/api/machines/wait", async ({ query }, reply) => {
    const question = v.safeParse(WaitQuestion, query);
    if (!question.success) return badRequest(reply, question.issues);
    const answer = await askWait(store, question.output, wallMs());
    if (answer.outcome === "unknown") return unknownMachine(reply, question.output);
    if (answer.outcome === "no_answer") return reply.code(409).send({ error: "no_answer", message: answer.message });
    return { plan: answer.plan, now_ms: wallMs() };
  });
  app.post("/api/machines/relearn", async ({ body }, reply) => {
    const request = v.safeParse(RelearnRequest, body);
    if (!request.success) return badRequest(reply, request.issues);
    const asked = await askRelearn(store, request.output, wallMs());
    if (asked.outcome === "unknown") return unknownMachine(reply, request.output);
    if (asked.outcome === "asked") onRelearn(request.output);
    return { machine: await readMachine(store, asked.machine, wallMs()), now_ms: wallMs() };
  });
  app.get("/api/agents", async () => ({ agents: await readAgents(store), broker, now_ms: wallMs() }));
  app.get("/api/dead-letters", async () => ({
    dead_letters: await readDeadLetters(store),
    total: await countDeadLetters(store),
    now_ms: wallMs(),
  }));
  app.get("/api/health", async () => {
    const state = link();
    return {
      status: state.broker === "connected" ? "ok" : "degraded",
      store: store.id,
      ...state,
      ...(await readHealth(store, wallMs())),
      now_ms: wallMs(),
    };
  });
  app.get("/api/texts", async () => ({ failure_modes: failureModes, verdicts: verdictTexts }));
}

const unknownMachine = (reply: FastifyReply, { site, name, tenant }: { site: string; name: string; tenant: string }): FastifyReply =>
  reply.code(404).send({ error: "not_found", message: `No box has spoken of a machine "${name}" at "${site}" (tenant "${tenant}").` });
