// What the disk refuses, told for all machines of a box together: at once, then once a minute while it lasts, and when it is over. Each machine tries by
// itself, and a line for every try would fill the journal of a box whose disk is full.
import { performance } from "node:perf_hooks";

export type DiskTrouble = {
  /** @param what the kind of trouble, as a fault's code; each is told by itself */
  refused(what: string, detail: string): void;
  /** Something became durable. */
  worked(): void;
};

/** Real ms. */
const tellEveryMs = 60_000;
/** So long nothing must be refused until it counts as over: on a disk that is nearly full, some writes still fit. Real ms. */
const overAfterMs = 10_000;

export function diskTrouble(tell: (text: string) => void, nowMs: () => number = () => performance.now()): DiskTrouble {
  const lasting = new Map<string, { toldMs: number; more: number }>();
  let refusedMs = 0;
  return {
    refused(what, detail) {
      refusedMs = nowMs();
      const told = lasting.get(what);
      if (told !== undefined && refusedMs - told.toldMs < tellEveryMs) {
        told.more += 1;
        return;
      }
      lasting.set(what, { toldMs: refusedMs, more: 0 });
      tell(told === undefined ? `outbox: ${detail}` : `outbox: ${detail}; ${told.more} more times since it was last told`);
    },
    worked() {
      if (lasting.size === 0 || nowMs() - refusedMs < overAfterMs) return;
      lasting.clear();
      tell("outbox: the disk takes what is written again");
    },
  };
}
