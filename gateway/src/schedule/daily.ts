// A task once a night. node-cron names the hour; whether the task is due we decide ourselves, from the last run kept in the store.
// node-cron alone misses runs when the loop is blocked, stops after a clock step back, and walks through every missed slot after a
// step forward (measured: a year of minutes stalls the loop for 19 s). So its pattern has one slot a day, our own timer, which runs
// on monotonic time, sets it up anew when the clock has stepped, and a night that was missed is caught up once.
import { messageOf } from "@millwright/kit/fault";
import cron, { type ScheduledTask } from "node-cron";
import type { Emit } from "../events.ts";
import type { Store } from "../store/store.ts";

const hourMs = 3_600_000;
const pattern = "17 3 * * *";
const guardMs = 20_000;
const stepMs = 5_000;
/** At its hour it runs unless it ran in the last 20 h; at any hour when it has not run for 26 h. */
const gapAtItsHourMs = 20 * hourMs;
const gapMissedMs = 26 * hourMs;

export type DailyOptions = { store: Store; emit: Emit; task: string; wallMs: () => number; run: () => Promise<void> };

/** Due when `gapMs` has passed since the last run, or the clock was put back before it. */
export const isDue = (lastMs: number | null, nowMs: number, gapMs: number): boolean =>
  lastMs === null || nowMs - lastMs >= gapMs || nowMs < lastMs;

/** Looks now, every night, and whenever the guard finds a night missed. One run at a time. */
export function startDaily(options: DailyOptions): { close(): Promise<void> } {
  let running: Promise<void> | null = null;
  const look = (gapMs: number): void => {
    running ??= runIfDue(options, gapMs)
      .catch((error: unknown) => options.emit("task_failed", { task: options.task, error: messageOf(error) }))
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

async function runIfDue({ store, task, wallMs, run }: DailyOptions, gapMs: number): Promise<void> {
  const last = await store.reader.selectFrom("schedule").select("last_run_ms").where("task", "=", task).executeTakeFirst();
  const nowMs = wallMs();
  if (!isDue(last?.last_run_ms ?? null, nowMs, gapMs)) return;
  await run();
  const row = { task, last_run_ms: nowMs };
  await store.transaction((tx) =>
    tx
      .insertInto("schedule")
      .values(row)
      .onConflict((conflict) => conflict.column("task").doUpdateSet(row))
      .execute(),
  );
}
