// Records of a lane, numbered one after the other, as one row of the database: their bodies joined by newlines. Pure.
import { type Bodies, beginOf } from "./body-buffer.ts";

/** `text`: bodies (JSON objects, in which a newline never stands raw) joined by newlines; as UTF-8 where it was not needed as a text. */
export type BodyRun = { records: number; text: string | Uint8Array };

/** Of a run: room is made a run at a time, and whoever needs a part of one reads all of it. */
export const maxRunRecords = 64;
/** A body that alone is longer is a run of its own: no record that is too large for a message has company. */
const maxRunBytes = 64 * 1024;

export function runsOfBodies(bodies: Bodies): BodyRun[] {
  const { bytes, ends } = bodies;
  const runs: BodyRun[] = [];
  const run = (from: number, to: number): void => {
    runs.push({ records: to - from, text: bytes.subarray(beginOf(bodies, from), ends[to - 1]) });
  };
  let from = 0;
  for (const [at, end] of ends.entries()) {
    const isFull = at - from === maxRunRecords || end - beginOf(bodies, from) > maxRunBytes;
    if (!isFull || at === from) continue;
    run(from, at);
    from = at;
  }
  if (from < ends.length) run(from, ends.length);
  return runs;
}

export const runOf = (bodies: readonly string[]): BodyRun => ({ records: bodies.length, text: bodies.join("\n") });
export const bodiesOf = (text: string): string[] => text.split("\n");
