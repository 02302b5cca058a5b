// When whom the power fails: each target once, in the middle half of the recording, at moments a seed decides.
import type { Killable } from "./options.ts";

export type KillPlan = { targets: readonly Killable[]; seed: number; realMs: number };

/** Moments of the kills, ms of real time from now: evenly spread over 35 to 85 % of the recording, each moved by up to 5 %. */
export function killMoments({ targets, seed, realMs }: KillPlan): number[] {
  return targets.map((_, n) => {
    const share = 0.35 + (0.5 * (n + 0.5)) / targets.length + 0.1 * (fraction(seed * 31 + n) - 0.5);
    return share * realMs;
  });
}

/** Runs the plan. @returns a function that cancels what has not happened and waits for what is happening. */
export function killPlan(plan: KillPlan, strike: (target: Killable) => Promise<void> | undefined): () => Promise<void> {
  let running: Promise<void> = Promise.resolve();
  let failure: Error | null = null;
  const timers = killMoments(plan).map((ms, n) =>
    setTimeout(() => {
      running = running
        .then(() => strike(plan.targets[n] as Killable))
        .catch((error: Error) => {
          failure ??= error;
        });
    }, ms),
  );
  return async () => {
    for (const timer of timers) clearTimeout(timer);
    await running;
    if (failure !== null) throw failure;
  };
}

// A fraction in [0, 1) from a whole number (the finaliser of MurmurHash3).
function fraction(n: number): number {
  let h = n | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return ((h ^ (h >>> 16)) >>> 0) / 2 ** 32;
}
