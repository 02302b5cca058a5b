// A task of the gateway once a night; its last run is kept in the store. When it is due, and why not by node-cron alone: kit/src/daily.ts.
import { startDaily as startGuarded } from "@millwright/kit/daily";
import { messageOf } from "@millwright/kit/fault";
import type { Emit } from "../events.ts";
import type { Store } from "../store/store.ts";

export type DailyOptions = { store: Store; emit: Emit; task: string; wallMs: () => number; run: () => Promise<void> };

export function startDaily({ store, emit, task, wallMs, run }: DailyOptions): { close(): Promise<void> } {
  return startGuarded({
    wallMs,
    run,
    onFailed: (error) => emit("task_failed", { task, error: messageOf(error) }),
    async lastRunMs() {
      const last = await store.reader.selectFrom("schedule").select("last_run_ms").where("task", "=", task).executeTakeFirst();
      return last?.last_run_ms ?? null;
    },
    async noteRun(atMs) {
      const row = { task, last_run_ms: atMs };
      await store.transaction((tx) =>
        tx
          .insertInto("schedule")
          .values(row)
          .onConflict((conflict) => conflict.column("task").doUpdateSet(row))
          .execute(),
      );
    },
  });
}
