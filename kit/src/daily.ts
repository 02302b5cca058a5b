// A task once a night. node-cron names the hour; whether the task is due we decide ourselves, from the last run its owner keeps.
// node-cron alone misses runs when the loop is blocked, stops after a clock step back, and walks through every missed slot after a
// step forward (measured: a year of minutes stalls the loop for 19 s). So its pattern has one slot a day, our own timer, which runs
// on monotonic time, sets it up anew when the clock has stepped, and a night that was missed is caught up once.
import cron, { type ScheduledTask } from "node-cron";

const hourMs = 3_600_000;
const pattern = "17 3 * * *";
const guardMs = 20_000;
const stepMs = 5_000;
/** At its hour it runs unless it ran in the last 20 h; at any hour when it has not run for 26 h. */
const gapAtItsHourMs = 20 * hourMs;
const gapMissedMs = 26 * hourMs;

export type DailyOptions = {
  /** When it ran last, Unix ms; null: never. Kept over restarts. */
  lastRunMs: () => Promise<number | null>;
  noteRun: (atMs: number) => Promise<void>;
  wallMs: () => number;
  run: () => Promise<void>;
  /** A run, or keeping its time, failed; the next look tries again. */
  onFailed: (error: unknown) => void;
};

/** Due when `gapMs` has passed since the last run, or the clock was put back before it. */
export const isDue = (lastMs: number | null, nowMs: number, gapMs: number): boolean =>
  lastMs === null || nowMs - lastMs >= gapMs || nowMs < lastMs;

/** Looks now, every night, and whenever the guard finds a night missed. One run at a time. */
export function startDaily(options: DailyOptions): { close(): Promise<void> } {
  let running: Promise<void> | null = null;
  const look = (gapMs: number): void => {
    running ??= runIfDue(options, gapMs)
      .catch(options.onFailed)
      .finally(() => {
        running = null;
      });
  };
  const setUp = (): ScheduledTask =>
    cron.schedule(pattern, () => look(gapAtItsHourMs), { timezone: "UTC", noOverlap: true, suppressMissedWarning: true });
  let alarm = setUp();
  let offsetMs = clockOffset();
  const guard = setInterval(() => {
    const nowMs = clockOffset();
    if (Math.abs(nowMs - offsetMs) > stepMs) {
      offsetMs = nowMs;
      void alarm.destroy();
      alarm = setUp();
    }
    look(gapMissedMs);
  }, guardMs);
  guard.unref();
  look(gapMissedMs);
  return {
    async close() {
      clearInterval(guard);
      await alarm.destroy();
      await running;
    },
  };
}

/** Changes only when the clock steps. */
const clockOffset = (): number => Date.now() - performance.now();

async function runIfDue({ lastRunMs, noteRun, wallMs, run }: DailyOptions, gapMs: number): Promise<void> {
  const nowMs = wallMs();
  if (!isDue(await lastRunMs(), nowMs, gapMs)) return;
  await run();
  await noteRun(nowMs);
}
