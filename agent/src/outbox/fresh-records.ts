// The end of each lane in memory: records that became durable a moment ago and that nobody was given yet. What is sent at once is not read again.
// In: commits once they are durable, in order, and what takes records away. Out: what the store would answer, or null where it must be asked.
// Promised: whatever is kept waits in the store, and is the end of its lane without a hole. Where the uplink is behind, little or nothing is kept.
import type { Lane } from "@millwright/contract/topics";
import { maxMessageBytes } from "@millwright/contract/up-message";
import type { BatchRequest, OutboxRecord } from "./outbox.ts";
import type { CommitReply } from "./outbox-protocol.ts";
import { isOversize, withinBytes } from "./record-text.ts";

export type FreshRecords = {
  /** @param bodies of the commit's records, by lane */
  add(bodies: Record<Lane, readonly string[]>, reply: CommitReply): void;
  take(request: BatchRequest): OutboxRecord[] | null;
  /** Records of the lane up to this one may wait no more: they were marked, quarantined or dropped. */
  forget(lane: Lane, untilSeq: number): void;
  /** From now on the store is asked. */
  stop(): void;
};

/** Kept of a lane; in characters, as a text's `length` counts them. */
const maxKept = maxMessageBytes;

/** `bodies` go before `nextSeq`, the number that the lane's next record gets. */
type End = { nextSeq: number; bodies: readonly string[] };

export function freshRecords(): FreshRecords {
  const ends = new Map<Lane, End>();
  let isStopped = false;

  const forget = (lane: Lane, untilSeq: number): void => {
    const end = ends.get(lane);
    if (end !== undefined && untilSeq >= firstOf(end)) end.bodies = [];
  };
  return {
    forget,
    add(bodies, { appended, droppedTo }) {
      for (const { lane, from, to } of appended) {
        // The store adds events of its own to that lane, and changes one until it was given out.
        if (lane === "event") continue;
        const end = ends.get(lane);
        const before = end?.nextSeq === from ? end.bodies : [];
        ends.set(lane, { nextSeq: to + 1, bodies: kept([...before, ...bodies[lane]]) });
      }
      forget("telemetry", droppedTo);
    },
    take({ lane, afterSeq, untilSeq, maxRecords, maxBytes }) {
      const end = ends.get(lane);
      if (isStopped || end === undefined || untilSeq !== undefined) return null;
      const skipped = afterSeq + 1 - firstOf(end);
      if (skipped < 0 || afterSeq >= end.nextSeq) return null;
      const wanted = end.bodies.slice(skipped, skipped + maxRecords);
      const records = withinBytes(
        wanted.map((body, n) => ({ seq: afterSeq + 1 + n, body })),
        maxBytes,
      );
      end.bodies = end.bodies.slice(skipped + records.length);
      return records;
    },
    stop() {
      isStopped = true;
      ends.clear();
    },
  };
}

const firstOf = ({ nextSeq, bodies }: End): number => nextSeq - bodies.length;

// Nothing where the uplink does not keep up, or where the store quarantined a record for its size.
function kept(bodies: readonly string[]): readonly string[] {
  let length = 0;
  for (const body of bodies) {
    if (isOversize(body)) return [];
    length += body.length;
  }
  return length > maxKept ? [] : bodies;
}
