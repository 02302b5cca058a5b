// A record's text with its seq, from the body that the outbox keeps, and how many of them make a batch. Pure.
import { maxMessageBytes } from "@millwright/contract/up-message";
import type { OutboxRecord } from "./outbox.ts";

/** The largest record that fits into a message with its envelope (three names of at most 64 characters, an epoch, punctuation) and its seq. */
export const maxRecordBytes = maxMessageBytes - 1024;

/** Whether the body, as UTF-8, is larger. */
export const isOversize = (body: string | Uint8Array): boolean => Buffer.byteLength(body) > maxRecordBytes;

/** `body`: a record's JSON object without its seq. */
export type NumberedBody = { seq: number; body: string };

/** @param bodies in order @returns the first of them, `maxBytes` at most with a comma each; one always comes */
export function withinBytes(bodies: Iterable<NumberedBody>, maxBytes: number): OutboxRecord[] {
  const records: OutboxRecord[] = [];
  let bytes = 0;
  for (const { seq, body } of bodies) {
    const head = `{"seq":${seq},`;
    bytes += head.length + Buffer.byteLength(body);
    if (bytes > maxBytes && records.length > 0) break;
    // A body is never `{}`: every record has a kind.
    records.push({ seq, json: head + body.slice(1) });
  }
  return records;
}
