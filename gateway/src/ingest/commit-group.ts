// The messages that waited while the last transaction ran, committed together: all of them, with all their effects, or none.
import type { Receipt } from "@millwright/contract/down-message";
import type { Address, Lane, ParsedTopic } from "@millwright/contract/topics";
import { maxRecordsPerMessage, type StateMessage } from "@millwright/contract/up-message";
import { markSeen, storeState } from "../fleet/store-state.ts";
import { nextCommit } from "../store/next-commit.ts";
import type { Store, Tx } from "../store/store.ts";
import type { OpenedModelTicket } from "../tickets/model-tickets.ts";
import type { OpenedTicket } from "../tickets/sync-ticket.ts";
import { type DeadLetter, keepDeadLetters } from "./dead-letters.ts";
import type { Batch, Refused } from "./parse-batch.ts";
import { seqRanges } from "./seq-ranges.ts";
import { storeBatch } from "./store-batch.ts";

/** A message after judging: a batch, an agent's state, or nothing that can be used. */
export type Judged = { topic: string; from: ParsedTopic; bytes: number } & (
  | { batch: Batch }
  | { state: StateMessage }
  | { refused: Refused }
);

export type RecordKey = { tenant: string; agent: string; epoch: string; lane: Lane; seq: number };
export type Committed = {
  receipts: { to: Address; receipt: Receipt }[];
  newRecords: RecordKey[];
  opened: OpenedTicket[];
  openedModelTickets: OpenedModelTicket[];
  doneCommands: string[];
  born: Address[];
  deadLetters: number;
};

/** Rejects where the store refuses; then nothing of the group is stored, and nobody gets a receipt. */
export function commitGroup(store: Store, group: readonly Judged[], nowMs: number): Promise<Committed> {
  return store.transaction(async (tx) => {
    const commit = await nextCommit(tx);
    const committed: Committed = {
      receipts: [],
      newRecords: [],
      opened: [],
      openedModelTickets: [],
      doneCommands: [],
      born: [],
      deadLetters: 0,
    };
    const batches = group.flatMap((message) => ("batch" in message ? [message.batch] : []));
    for (const batch of joined(batches)) await takeBatch(tx, batch, nowMs, committed);
    for (const sender of new Map(batches.map((batch) => [`${batch.tenant}/${batch.agent}`, batch])).values())
      await markSeen(tx, sender, nowMs);
    for (const message of group) {
      if ("state" in message) {
        await storeState(tx, message.state, nowMs);
        if (message.state.status === "online") committed.born.push(message.state);
      }
    }
    committed.deadLetters = await keepDeadLetters(
      tx,
      group.flatMap((message) => lettersOf(message, nowMs)),
    );
    committed.receipts = receiptsFor(store.id, commit, batches);
    return committed;
  });
}

async function takeBatch(tx: Tx, batch: Batch, nowMs: number, committed: Committed): Promise<void> {
  const { tenant, agent, epoch, lane } = batch;
  const { newSeqs, opened, doneCommands, openedModelTickets } = await storeBatch(tx, batch, nowMs);
  committed.newRecords.push(...newSeqs.map((seq) => ({ tenant, agent, epoch, lane, seq })));
  committed.opened.push(...opened);
  committed.openedModelTickets.push(...openedModelTickets);
  committed.doneCommands.push(...doneCommands);
}

const laneOf = ({ tenant, agent, epoch, lane }: Batch): string => [tenant, agent, epoch, lane].join("/");

// Small batches of one lane become one, with each record once: a statement costs about as much for 1 record as for 50.
function joined(batches: readonly Batch[]): Batch[] {
  return [...Map.groupBy(batches, laneOf).values()].flatMap((group) => {
    const records = [
      ...new Map(
        group
          .flatMap((batch) => batch.records)
          .toReversed()
          .map((record) => [record.seq, record]),
      ).values(),
    ].toReversed();
    const slices = Array.from({ length: Math.ceil(records.length / maxRecordsPerMessage) }, (_, i) =>
      records.slice(i * maxRecordsPerMessage, (i + 1) * maxRecordsPerMessage),
    );
    return slices.map((slice) => ({ ...(group[0] as Batch), records: slice, refused: [] }));
  });
}

function lettersOf(message: Judged, wallMs: number): DeadLetter[] {
  const { topic, from, bytes } = message;
  if ("refused" in message) return [{ topic, from, bytes, epoch: null, refused: message.refused, wallMs }];
  if ("batch" in message)
    return message.batch.refused.map((refused) => ({ topic, from, bytes, epoch: message.batch.epoch, refused, wallMs }));
  return [];
}

/** Ranges, and rejections, of one receipt; each takes at most 46 bytes, so that a receipt is never larger than a message may be. */
const mostOfReceipt = 2_000;

// For each (agent, epoch, lane): what the store now holds of what was sent, and what it will never take; one receipt, unless it were too large.
function receiptsFor(store: string, commit: number, batches: readonly Batch[]): Committed["receipts"] {
  const groups = Map.groupBy(batches, laneOf);
  return [...groups.values()].flatMap((group) => {
    const { tenant, agent, epoch, lane } = group[0] as Batch;
    const ranges = seqRanges(group.flatMap(({ records }) => records.map(({ seq }) => seq)));
    const codes = new Map(group.flatMap(({ refused }) => refused.flatMap(({ seq, code }) => (seq === null ? [] : [[seq, code] as const]))));
    const rejected = [...codes].map(([seq, code]) => ({ seq, code }));
    const pieces = Array.from({ length: Math.ceil(Math.max(ranges.length, rejected.length) / mostOfReceipt) }, (_, n) => n * mostOfReceipt);
    return pieces.map((at) => ({
      to: { tenant, agent },
      receipt: {
        ...({ schema: "millwright/receipt/1", store, commit, epoch, lane } as const),
        ranges: ranges.slice(at, at + mostOfReceipt),
        rejected: rejected.slice(at, at + mostOfReceipt),
      },
    }));
  });
}
