// The end of each lane in memory: records that became durable a moment ago and that nobody was given yet. What is sent at once is not read again.
// In: commits once they are durable, in order, and what takes records away. Out: what the store would answer, or null where it must be asked.
// Promised: whatever is kept waits in the store, and is the end of its lane without a hole. Where the uplink is behind, little or nothing is kept.
import { type Lane, lanes } from "@millwright/contract/topics";
import { maxMessageBytes } from "@millwright/contract/up-message";
import { type Bodies, beginOf, type SpareBuffers } from "./body-buffer.ts";
import { firstOf } from "./first-of.ts";
import type { BatchRequest, OutboxRecord } from "./outbox.ts";
import type { CommitReply } from "./outbox-protocol.ts";
import { maxRecordBytes, type NumberedBody, withinBytes } from "./record-text.ts";

export type FreshRecords = {
  add(reply: CommitReply): void;
  take(request: BatchRequest): OutboxRecord[] | null;
  /** Records of the lane up to this one may wait no more: they were marked, quarantined or dropped. */
  forget(lane: Lane, untilSeq: number): void;
  /** From now on the store is asked. */
  stop(): void;
};

/** Bytes kept of a lane. */
const maxKept = maxMessageBytes;

/** Of one commit: its bodies from `next` on. */
type Chunk = { readonly bodies: Bodies; next: number };
/** The chunks go before `nextSeq`, the number that the lane's next record gets. */
type End = { nextSeq: number; chunks: Chunk[] };

/** @param spare gets the buffers whose records are not kept, or no more */
export function freshRecords(spare: Pick<SpareBuffers, "give">): FreshRecords {
  const ends = new Map<Lane, End>();
  let isStopped = false;

  const giveUp = (end: End): void => {
    for (const { bodies } of end.chunks) spare.give(bodies.bytes);
    end.chunks = [];
  };
  const forget = (lane: Lane, untilSeq: number): void => {
    const end = ends.get(lane);
    if (end !== undefined && untilSeq >= firstSeqOf(end)) giveUp(end);
  };
  const drop = (end: End, records: number): void => {
    let left = records;
    while (left > 0) {
      const chunk = end.chunks[0] as Chunk;
      const some = Math.min(left, countOf(chunk));
      chunk.next += some;
      left -= some;
      if (countOf(chunk) > 0) continue;
      spare.give(chunk.bodies.bytes);
      end.chunks.shift();
    }
  };
  const endOf = (lane: Lane, from: number): End => {
    const known = ends.get(lane) ?? { nextSeq: from, chunks: [] };
    if (known.nextSeq !== from) giveUp(known);
    ends.set(lane, known);
    return known;
  };
  return {
    forget,
    add({ appended, droppedTo, bodies }) {
      for (const lane of lanes) {
        const run = appended.find((one) => one.lane === lane);
        const own = bodies[lane];
        if (own === undefined) continue;
        // The store adds events of its own to that lane, and changes one until it was given out.
        if (run === undefined || lane === "event" || isStopped) {
          spare.give(own.bytes);
          continue;
        }
        const end = endOf(lane, run.from);
        end.nextSeq = run.to + 1;
        end.chunks.push({ bodies: own, next: 0 });
        if (isTooMuch(end)) giveUp(end);
      }
      forget("telemetry", droppedTo);
    },
    take({ lane, afterSeq, untilSeq, maxRecords, maxBytes }) {
      const end = ends.get(lane);
      if (isStopped || end === undefined || untilSeq !== undefined) return null;
      const skipped = afterSeq + 1 - firstSeqOf(end);
      if (skipped < 0 || afterSeq >= end.nextSeq) return null;
      drop(end, skipped);
      const records = withinBytes(firstOf(maxRecords, recordsOf(end)), maxBytes);
      drop(end, records.length);
      return records;
    },
    stop() {
      isStopped = true;
      ends.clear();
    },
  };
}

const countOf = ({ bodies, next }: Chunk): number => bodies.ends.length - next;
const firstSeqOf = ({ nextSeq, chunks }: End): number => nextSeq - chunks.reduce((sum, chunk) => sum + countOf(chunk), 0);

function* recordsOf(end: End): Generator<NumberedBody> {
  let seq = firstSeqOf(end);
  for (const { bodies, next } of end.chunks) {
    const bytes = Buffer.from(bodies.bytes.buffer);
    for (let n = next; n < bodies.ends.length; n += 1)
      yield { seq: seq++, body: bytes.toString("utf8", beginOf(bodies, n), bodies.ends[n]) };
  }
}

// The uplink does not keep up, or the store quarantined a record for its size.
function isTooMuch({ chunks }: End): boolean {
  let bytes = 0;
  for (const { bodies, next } of chunks) {
    const last = bodies.ends.length - 1;
    for (let n = next; n <= last; n += 1) if ((bodies.ends[n] as number) - beginOf(bodies, n) > maxRecordBytes) return true;
    bytes += (bodies.ends[last] as number) - beginOf(bodies, next);
  }
  return bytes > maxKept;
}
