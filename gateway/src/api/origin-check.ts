// A page of another origin may not close tickets: a browser says in Origin where a POST comes from, and programs send none.
import type { FastifyReply, FastifyRequest } from "fastify";

/** Hook for requests that change something. Answers 403 itself. */
export async function refuseForeignOrigin(request: FastifyRequest, reply: FastifyReply): Promise<void> {
  if (request.method === "GET" || request.method === "HEAD") return;
  const { origin, host } = request.headers;
  const site = request.headers["sec-fetch-site"];
  const isForeign = (origin !== undefined && hostOf(origin) !== host) || (site !== undefined && site !== "same-origin" && site !== "none");
  if (isForeign)
    await reply
      .code(403)
      .send({ error: "foreign_origin", message: "This request came from a page of another origin. Open the gateway's own pages." });
}

/** A name that is not this machine's means DNS rebinding: only loopback names are served. */
export async function refuseForeignHost(request: FastifyRequest, reply: FastifyReply): Promise<void> {
  const name = (request.headers.host ?? "").replace(/:\d+$/, "");
  if (!["127.0.0.1", "localhost", "[::1]"].includes(name))
    await reply.code(421).send({ error: "foreign_host", message: `This gateway answers to 127.0.0.1 and localhost, not to "${name}".` });
}

function hostOf(origin: string): string | null {
  return URL.canParse(origin) ? new URL(origin).host : null;
}
