// A timer in machine time that may be further away than setTimeout reaches (24.8 days).
import type { Clock } from "@millwright/kit/clock";

const longestRealMs = 24 * 3_600_000;

/** Calls `action` once, `afterMs` of machine time from now. @returns cancels. The timer does not keep the process alive. */
export function machineTimer(clock: Pick<Clock, "monotonicMs" | "realMs">, afterMs: number, action: () => void): () => void {
  const dueMs = clock.monotonicMs() + afterMs;
  let timer: NodeJS.Timeout;
  const arm = (): void => {
    const leftMs = clock.realMs(dueMs - clock.monotonicMs());
    timer = setTimeout(leftMs <= 0 ? action : arm, Math.min(longestRealMs, Math.max(0, leftMs)));
    timer.unref();
  };
  arm();
  return () => clearTimeout(timer);
}
