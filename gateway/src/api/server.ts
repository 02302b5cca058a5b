// The HTTP server: API, metrics and pages, on 127.0.0.1 only until there are roles. Every answer of the API is JSON, mistakes too.
import fastifyStatic from "@fastify/static";
import { messageOf } from "@millwright/kit/fault";
import fastify, { type FastifyError, type FastifyInstance } from "fastify";
import type { Registry } from "prom-client";
import type { Emit } from "../events.ts";
import { fault, faultTable } from "../faults.ts";
import type { ApiContext } from "./api-context.ts";
import { addFleetRoutes } from "./fleet-routes.ts";
import { addModelTicketRoutes } from "./model-ticket-routes.ts";
import { refuseForeignHost, refuseForeignOrigin } from "./origin-check.ts";
import { addTicketRoutes } from "./ticket-routes.ts";
import { addVerdictRoutes } from "./verdict-routes.ts";

const host = "127.0.0.1";
const maxBodyBytes = 16 * 1024;

export type ServerOptions = ApiContext & {
  emit: Emit;
  registry: Registry /** Folder of the built pages; null serves none. */;
  pages: string | null;
};

/** Builds the server; it does not listen yet. */
export async function createServer(options: ServerOptions): Promise<FastifyInstance> {
  const app = fastify({
    bodyLimit: maxBodyBytes,
    requestTimeout: 10_000,
    logger: false,
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 64 },
  });
  app.addHook("onRequest", refuseForeignHost);
  app.addHook("onRequest", refuseForeignOrigin);
  app.addHook("onSend", async (request, reply) => {
    reply.header("x-content-type-options", "nosniff").header("referrer-policy", "no-referrer");
    reply.header(
      "content-security-policy",
      "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'",
    );
    if (request.url.startsWith("/api/")) reply.header("cache-control", "no-store");
  });
  app.setErrorHandler<FastifyError>((error, request, reply) => {
    if ("sqliteCode" in error) {
      options.emit("request_failed", { url: request.url, error: messageOf(error) });
      return reply.code(503).send({ error: "store_busy", message: storeBusyText(error) });
    }
    const status = error.statusCode ?? 500;
    if (status >= 500) options.emit("request_failed", { url: request.url, error: messageOf(error) });
    return reply.code(status).send({
      error: status >= 500 ? "internal" : "bad_request",
      message: status >= 500 ? "The gateway failed at this request; its log says why." : error.message,
    });
  });
  app.setNotFoundHandler((request, reply) =>
    reply.code(404).send({ error: "not_found", message: `There is nothing at ${request.method} ${request.url.slice(0, 200)}.` }),
  );
  app.get("/metrics", async (_request, reply) => reply.type(options.registry.contentType).send(await options.registry.metrics()));
  addTicketRoutes(app, options);
  addModelTicketRoutes(app, options);
  addVerdictRoutes(app, options);
  addFleetRoutes(app, options);
  if (options.pages !== null) await app.register(fastifyStatic, { root: options.pages, index: ["index.html"] });
  return app;
}

/** What a technician can do where the store refuses. */
const storeBusyText = (error: Error): string =>
  `The gateway's store refused this (${messageOf(error)}): nothing of it is kept. ${faultTable.store_busy.next} Then try again.`;

/** @returns the address it listens on. @throws Fault http_port_busy. */
export async function listen(app: FastifyInstance, port: number): Promise<string> {
  try {
    return await app.listen({ host, port });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EADDRINUSE") throw error;
    throw fault(
      "http_port_busy",
      `port ${port} on ${host} is taken, so the pages cannot be served. Stop what listens there, or set http.port (0: any free one)`,
      error,
    );
  }
}
