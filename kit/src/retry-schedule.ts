// Delays between tries: exponential, capped, with full jitter, so that a fleet does not come back in step.
// (M. Brooker, "Exponential Backoff and Jitter", AWS Architecture Blog, 2015.)

/** An endless sequence of delays in ms: the first in [0, firstMs], doubling up to `maxMs`. At least `minMs` each. */
export function* retrySchedule(
  { firstMs, maxMs, minMs = 0 }: { firstMs: number; maxMs: number; minMs?: number },
  random: () => number = Math.random,
): Generator<number, never> {
  for (let ceiling = firstMs; ; ceiling = Math.min(ceiling * 2, maxMs)) yield Math.max(minMs, ceiling * random());
}
