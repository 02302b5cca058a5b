// What one unit of an RTU line still owes: the replies to requests that were given up. RTU has no transaction ids; what tells an old reply from the
// one we wait for is its shape (function and byte count), and that a slave answers in the order it was asked. Pure.

import type { ReadRequest } from "./read-outcome.ts";
import { type Shape, shapeOf } from "./rtu-frame.ts";

/** Oldest first; `times` requests of one shape, one after the other. */
export type Owed = readonly { readonly shape: Shape; readonly times: number }[];

export const owesNothing: Owed = [];

/** A request has 8 bytes, and a slave's buffers do not hold so many: what is older was lost. Without a limit a unit that is off would be a leak. */
const maxRuns = 128;

/** One more request was given up. */
export function owe(owed: Owed, shape: Shape): Owed {
  const last = owed.at(-1);
  if (last?.shape === shape) return [...owed.slice(0, -1), { shape, times: last.times + 1 }];
  return [...owed.slice(1 - maxRuns), { shape, times: 1 }];
}

export const isOwed = (owed: Owed, shape: Shape): boolean => owed.some((run) => run.shape === shape);

/**
 * What may still come after a reply of this shape came (null: an exception, which may be the reply to any of them): everything before the first request
 * it can belong to is answered or lost. Never less than what is really owed.
 */
export function owedAfter(owed: Owed, shape: Shape | null): Owed {
  const at = shape === null ? 0 : owed.findIndex((run) => run.shape === shape);
  if (at < 0) return owed;
  const [first, ...rest] = owed.slice(at);
  if (first === undefined) return owesNothing;
  return first.times === 1 ? rest : [{ ...first, times: first.times - 1 }, ...rest];
}

/**
 * How many registers a resynchronising read asks for: few, another number than `request` does, and such that a reply to it proves that nothing of the
 * shape of `request` is owed any more.
 */
export function resyncCount(owed: Owed, { table, count }: Pick<ReadRequest, "table" | "count">): number {
  const shapes = owed.map((run) => run.shape);
  const wanted = shapes.lastIndexOf(shapeOf({ table, count }));
  for (let few = 1; ; few++) {
    if (few === count) continue;
    const at = shapes.indexOf(shapeOf({ table, count: few }));
    if (at < 0 || at > wanted) return few;
  }
}
