// What a message from the broker is, before any of it is stored. Pure.

import { parseTopic } from "@millwright/contract/topics";
import { maxMessageBytes, StateMessage } from "@millwright/contract/up-message";
import * as v from "valibot";
import type { Judged } from "./commit-group.ts";
import { jsonDepth, maxMessageDepth, unsafeJson } from "./json-limits.ts";
import { parseBatch, shown } from "./parse-batch.ts";

/** @returns null for what is not for a gateway (a foreign topic, a retained state that was cleared). */
export function judgeMessage(topic: string, payload: Buffer): Judged | null {
  const from = parseTopic(topic);
  if (from === null || from.kind === "down") return null;
  const head = { topic, from, bytes: payload.length };
  if (from.kind === "state") {
    if (payload.length === 0) return null;
    const state = parseState(payload);
    if (state !== null && state.tenant === from.tenant && state.agent === from.agent) return { ...head, state };
    return {
      ...head,
      refused: {
        code: "malformed",
        reason: "is no state message of this agent",
        seq: null,
        ...shown(payload),
      },
    };
  }
  const parsed = parseBatch(from, payload);
  return parsed.ok ? { ...head, batch: parsed.batch } : { ...head, refused: parsed.refused };
}

function parseState(payload: Buffer): StateMessage | null {
  if (payload.length > maxMessageBytes || jsonDepth(payload) > maxMessageDepth) return null;
  try {
    const json: unknown = JSON.parse(payload.toString("utf8"));
    if (unsafeJson(json) !== null) return null;
    const result = v.safeParse(StateMessage, json);
    return result.success ? result.output : null;
  } catch {
    return null;
  }
}
