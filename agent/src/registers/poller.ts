// The one timer of a timetable: wakes when something is due and says what. Machine time from the clock, real time for the timer.
// A step of the time of day does not reach it: it knows monotonic time only.
import type { Clock } from "@millwright/kit/clock";

/** What the poller asks of a timetable (samples/timetable.ts is one). Machine time, ms. */
export type Schedule<Due> = {
  /** Infinity where nothing is scheduled. */
  readonly nextDueMs: number;
  takeDue(nowMs: number): readonly Due[];
};

const longestSleepMs = 60_000;

/** Starts at once. `onDue` must return at once; what takes time it starts. */
export function startPoller<Due>({
  clock,
  schedule,
  onDue,
}: {
  clock: Pick<Clock, "monotonicMs" | "realMs">;
  schedule: Schedule<Due>;
  onDue: (due: readonly Due[]) => void;
}): { stop(): void } {
  let timer: NodeJS.Timeout | undefined;
  const wake = (): void => {
    const due = schedule.takeDue(clock.monotonicMs());
    if (due.length > 0) onDue(due);
    const realMs = clock.realMs(schedule.nextDueMs - clock.monotonicMs());
    timer = setTimeout(wake, Math.min(Math.max(1, Math.ceil(realMs)), longestSleepMs));
  };
  timer = setTimeout(wake, 0);
  return { stop: () => clearTimeout(timer) };
}
