// Old telemetry is removed once a day. Predictions, events and tickets stay.
import type { Clock } from "@millwright/kit/clock";
import type { Emit } from "../events.ts";
import type { Store } from "../store/store.ts";
import { startDaily } from "./daily.ts";

const dayMs = 86_400_000;
const rowsPerTransaction = 5_000;

export function startRetention({ store, clock, emit, telemetryDays }: { store: Store; clock: Clock; emit: Emit; telemetryDays: number }): {
  close(): Promise<void>;
} {
  return startDaily({
    store,
    emit,
    task: "telemetry_retention",
    wallMs: clock.wallMs,
    async run() {
      // A clock that is plainly wrong would condemn everything, or nothing.
      if (!clock.isTrusted()) return;
      const rows = await removeTelemetryBefore(store, clock.wallMs() - telemetryDays * dayMs);
      emit("telemetry_expired", { rows });
    },
  });
}

/** In small transactions, so that ingest is never kept waiting for long. @returns how many rows went. */
export async function removeTelemetryBefore(store: Store, beforeMs: number): Promise<number> {
  for (let total = 0; ; ) {
    const removed = await store.transaction(async (tx) => {
      const old = await tx
        .selectFrom("telemetry")
        .select(["tenant", "agent", "epoch", "seq"])
        .where("wall_ms", "<", beforeMs)
        .orderBy("wall_ms")
        .limit(1)
        .executeTakeFirst();
      if (old === undefined) return 0;
      const { tenant, agent, epoch } = old;
      const batch = tx
        .selectFrom("telemetry")
        .select("seq")
        .where("tenant", "=", tenant)
        .where("agent", "=", agent)
        .where("epoch", "=", epoch)
        .where("wall_ms", "<", beforeMs)
        .limit(rowsPerTransaction);
      const { numDeletedRows } = await tx
        .deleteFrom("telemetry")
        .where("tenant", "=", tenant)
        .where("agent", "=", agent)
        .where("epoch", "=", epoch)
        .where("seq", "in", batch)
        .executeTakeFirstOrThrow();
      return Number(numDeletedRows);
    });
    if (removed === 0) return total;
    total += removed;
  }
}
