import type { FastifyReply } from "fastify";
import * as v from "valibot";

/** Answers 400 with every mistake of a body, each with where it stands. */
export const badRequest = (reply: FastifyReply, issues: readonly v.BaseIssue<unknown>[]): FastifyReply =>
  reply.code(400).send({
    error: "bad_request",
    message: issues.map((issue) => `${v.getDotPath(issue) ?? "the body"}: ${issue.message}`).join("; "),
  });
