// Replies on their way into one socket, in order: a late one holds back those behind it. Bounded: where the client does not read, or `maxWaiting` replies
// are late, no more requests are read.
import type { Socket } from "node:net";

export type ReplyQueue = { push(bytes: Buffer, lateMs: number): void };

const maxWaiting = 1_000;

export function createReplyQueue(socket: Socket): ReplyQueue {
  const waiting: { bytes: Buffer; dueMs: number }[] = [];
  let timer: NodeJS.Timeout | undefined;
  const write = (bytes: Buffer): void => {
    if (!socket.write(bytes)) socket.pause();
  };
  const sendDue = (): void => {
    while (waiting[0] !== undefined && waiting[0].dueMs <= performance.now()) write((waiting.shift() as { bytes: Buffer }).bytes);
    if (waiting[0] !== undefined) timer = setTimeout(sendDue, Math.max(0, waiting[0].dueMs - performance.now()));
    else if (!socket.writableNeedDrain) socket.resume();
  };
  socket.on("drain", () => socket.resume());
  socket.on("close", () => clearTimeout(timer));
  return {
    push(bytes, lateMs) {
      if (lateMs === 0 && waiting.length === 0) return write(bytes);
      waiting.push({ bytes, dueMs: performance.now() + lateMs });
      if (waiting.length === 1) timer = setTimeout(sendDue, lateMs);
      if (waiting.length >= maxWaiting) socket.pause();
    },
  };
}
