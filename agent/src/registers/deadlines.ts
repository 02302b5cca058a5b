// The deadlines of all connections on one timer: five hundred devices that are asked again and again need no timer each.
import { performance } from "node:perf_hooks";

/** Something whose earliest deadline is kept. */
export type Expiring = {
  /** Real time of its earliest deadline, ms as performance.now() has it; infinite while there is none. */
  readonly dueMs: number;
  /** Called once `dueMs` has passed; must move it. */
  expire(nowMs: number): void;
};

const all = new Set<Expiring>();
let timer: NodeJS.Timeout | undefined;
let ringsAtMs = Number.POSITIVE_INFINITY;

/** Keeps the deadlines of this one from now on. */
export function keepDeadlines(one: Expiring): void {
  all.add(one);
}

/** To be called where `dueMs` has become earlier. */
export function deadlineSet({ dueMs }: Expiring): void {
  if (dueMs >= ringsAtMs) return;
  clearTimeout(timer);
  ringsAtMs = dueMs;
  timer = setTimeout(ring, Math.max(1, Math.ceil(dueMs - performance.now())));
}

/** Nothing is called any more. */
export function forgetDeadlines(one: Expiring): void {
  all.delete(one);
  if (all.size > 0) return;
  clearTimeout(timer);
  ringsAtMs = Number.POSITIVE_INFINITY;
}

// A reply does not move the timer; what is due is looked for when it rings.
function ring(): void {
  const nowMs = performance.now();
  ringsAtMs = Number.POSITIVE_INFINITY;
  for (const one of all) if (one.dueMs <= nowMs) one.expire(nowMs);
  let next: Expiring | null = null;
  for (const one of all) if (one.dueMs < (next?.dueMs ?? Number.POSITIVE_INFINITY)) next = one;
  if (next !== null) deadlineSet(next);
}
