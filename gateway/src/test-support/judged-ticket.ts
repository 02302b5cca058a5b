// A ticket of an episode of its own and its verdict, through the real ingest.
import assert from "node:assert/strict";
import type { VerdictKind } from "@millwright/contract/down-message";
import type { FailureMode } from "@millwright/contract/failure-modes";
import type { Prediction } from "@millwright/contract/prediction";
import { upTopic } from "@millwright/contract/topics";
import { commitGroup } from "../ingest/commit-group.ts";
import { judgeMessage } from "../ingest/judge-message.ts";
import type { Store } from "../store/store.ts";
import { type Closed, closeTicket } from "../tickets/close-ticket.ts";
import { prediction, testEpoch, testStartMs } from "./records.ts";

export type JudgedTicket = {
  /** Counts from 1; its sequence number and its episode. */
  no: number;
  verdict: VerdictKind;
  /** What the technician names. */
  named?: FailureMode;
  /** Which baseline opened it. */
  generation?: number;
  predicted?: Partial<Omit<Prediction, "seq" | "score">>;
};

export const hashOf = (generation: number): string => String(generation).padStart(64, "0");
/** When the verdict of ticket `no` came. */
export const closedMs = (no: number): number => testStartMs + no * 3_600_000;

export async function openTicket(store: Store, { no, generation = 1, predicted = {} }: Omit<JudgedTicket, "verdict">): Promise<void> {
  const { lineage } = prediction({ seq: no });
  const record = prediction({
    seq: no,
    episode: `${testEpoch}-${no}`,
    lineage: { ...lineage, model_id: `P-101-${generation}`, model_hash: hashOf(generation), baseline_generation: generation },
    ...predicted,
  });
  const address = { tenant: "default", agent: "box-1" };
  const message = { schema: "millwright/up/1", ...address, epoch: testEpoch, lane: "prediction", records: [record] };
  const judged = judgeMessage(upTopic(address, "prediction"), Buffer.from(JSON.stringify(message)));
  await commitGroup(store, judged === null ? [] : [judged], testStartMs);
}

/** @returns what closing it did; the n-th ticket of a store has the number n */
export async function judgeTicket(store: Store, ticket: JudgedTicket): Promise<Extract<Closed, { outcome: "closed" }>> {
  await openTicket(store, ticket);
  const { no, verdict, named } = ticket;
  const given = { verdict, actor: "Ana", ...(named === undefined ? {} : { failure_mode: named }) };
  const closed = await closeTicket(store, no, given, { nowMs: closedMs(no), ticketGoal: 0.5 });
  assert.ok(closed.outcome === "closed", closed.outcome);
  return closed;
}
