// What a message from the broker is, before any of it is stored. Pure.

import { type Address, parseTopic } from "@millwright/contract/topics";
import { StateMessage } from "@millwright/contract/up-message";
import * as v from "valibot";
import type { Judged } from "./commit-group.ts";
import { excessOf, unsafeJson } from "./json-limits.ts";
import { describe, parseBatch, shown } from "./parse-batch.ts";

/** @returns null for what is not for a gateway (a foreign topic, a retained state that was cleared). */
export function judgeMessage(topic: string, payload: Buffer): Judged | null {
  const from = parseTopic(topic);
  if (from === null || from.kind === "down") return null;
  const head = { topic, from, bytes: payload.length };
  if (from.kind === "state") {
    if (payload.length === 0) return null;
    const state = parseState(from, payload);
    if (typeof state !== "string") return { ...head, state };
    return { ...head, refused: { code: "malformed", reason: `is no state message of this agent: ${state}`, seq: null, ...shown(payload) } };
  }
  const parsed = parseBatch(from, payload);
  return parsed.ok ? { ...head, batch: parsed.batch } : { ...head, refused: parsed.refused };
}

/** @returns the state, or why it is none. */
function parseState({ tenant, agent }: Address, payload: Buffer): StateMessage | string {
  const excess = excessOf(payload);
  if (excess !== null) return excess.reason;
  let json: unknown;
  try {
    json = JSON.parse(payload.toString("utf8"));
  } catch {
    return "not JSON";
  }
  const unsafe = unsafeJson(json);
  if (unsafe !== null) return unsafe;
  const { success, output, issues } = v.safeParse(StateMessage, json);
  if (!success) return describe(issues);
  return output.tenant === tenant && output.agent === agent ? output : `it says ${output.tenant}/${output.agent}`;
}
