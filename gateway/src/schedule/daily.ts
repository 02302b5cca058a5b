// A task once a day. node-cron wakes us; whether it is due we decide ourselves, from the last run kept in the store:
// node-cron alone misses runs when the loop is blocked, stops after a clock step back, and hangs the loop after a step of a year.
// So it gets a pattern without a date (every minute: it never has to search far), and a task that was missed is caught up once.

import { messageOf } from "@millwright/kit/fault";
import cron from "node-cron";
import type { Emit } from "../events.ts";
import type { Store } from "../store/store.ts";

const dayMs = 86_400_000;

export type DailyOptions = { store: Store; emit: Emit; task: string; wallMs: () => number; run: () => Promise<void> };

/** Due when a day has passed since the last run, or the clock was put back before it. */
export const isDue = (lastMs: number | null, nowMs: number): boolean => lastMs === null || nowMs - lastMs >= dayMs || nowMs < lastMs;

/** Looks now, and then every minute. One run at a time. */
export function startDaily(options: DailyOptions): { close(): Promise<void> } {
  let running: Promise<void> | null = null;
  const look = (): void => {
    running ??= runIfDue(options)
      .catch((error: unknown) => options.emit("task_failed", { task: options.task, error: messageOf(error) }))
      .finally(() => {
        running = null;
      });
  };
  look();
  const alarm = cron.schedule("* * * * *", look, { timezone: "UTC", noOverlap: true, suppressMissedWarning: true, unref: true });
  return {
    async close() {
      await alarm.destroy();
      await running;
    },
  };
}

async function runIfDue({ store, task, wallMs, run }: DailyOptions): Promise<void> {
  const last = await store.reader.selectFrom("schedule").select("last_run_ms").where("task", "=", task).executeTakeFirst();
  const nowMs = wallMs();
  if (!isDue(last?.last_run_ms ?? null, nowMs)) return;
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
