// Appends the outbox's own events to its event lane, inside the caller's transaction. The newest gap event grows with the next eviction for as
// long as nobody was given it: one event for an outage, not one a second.
import type { Time } from "@millwright/contract/record";
import type { LaneTable, SeqRange } from "./lane-table.ts";
import type { LaneRun } from "./outbox-protocol.ts";
import { gapEvent, type StoreEvent, storeEventBody } from "./store-event.ts";

export type EventTeller = ReturnType<typeof eventTeller>;

/** @param lastSeq the lane's last number; events up to it may have been given out by an earlier process. */
export function eventTeller(events: LaneTable, lastSeq: number) {
  let givenSeq = lastSeq;
  let openGap: (SeqRange & { seq: number }) | null = null;

  const tell = (time: Time, event: StoreEvent): LaneRun => {
    const seq = events.take(1, 1);
    events.insert(seq, { records: 1, text: storeEventBody(time, event) });
    return { lane: "event", from: seq, to: seq };
  };
  const growsOpenGap = (time: Time, run: SeqRange): boolean => {
    if (openGap === null || openGap.seq <= givenSeq || openGap.to !== run.from - 1) return false;
    const grown = { ...openGap, to: run.to };
    if (!events.replace(grown.seq, storeEventBody(time, gapEvent(grown)))) return false;
    openGap = grown;
    return true;
  };

  return {
    tell,
    /** @returns the new event, none where an open one grew. */
    tellGap(time: Time, run: SeqRange): LaneRun[] {
      if (growsOpenGap(time, run)) return [];
      const told = tell(time, gapEvent(run));
      openGap = { ...run, seq: told.from };
      return [told];
    },
    /** Events up to `seq` are on their way and must not change any more. */
    gaveOut(seq: number): void {
      givenSeq = Math.max(givenSeq, seq);
    },
    /** After a transaction failed: what memory says of it is void. */
    rolledBack(): void {
      openGap = null;
    },
  };
}
