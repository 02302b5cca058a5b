// An agent's retained state → its row and its machines' rows.
import type { StateMessage } from "@millwright/contract/up-message";
import type { Tx } from "../store/store.ts";
import type { AgentRow } from "../store/tables.ts";
import { setMachine, showForecast } from "./show-machine.ts";

export async function storeState(tx: Tx, state: StateMessage, nowMs: number): Promise<void> {
  const { tenant, agent } = state;
  const known: Partial<AgentRow> =
    state.status === "offline"
      ? { status: "offline" }
      : {
          status: "online",
          epoch: state.epoch,
          version: state.version,
          config_revision: state.config_revision,
          outbox_waiting: state.outbox.waiting,
          outbox_dropped: state.outbox.dropped,
          seen_ms: nowMs,
        };
  await tx
    .insertInto("agents")
    .values({
      tenant,
      agent,
      status: "offline",
      epoch: null,
      version: null,
      config_revision: null,
      outbox_waiting: 0,
      outbox_dropped: 0,
      seen_ms: nowMs,
      ...known,
    })
    .onConflict((conflict) => conflict.columns(["tenant", "agent"]).doUpdateSet(known))
    .execute();
  if (state.status === "offline") return;
  for (const { machine, class: machineClass, phase, readiness, missing, points, layers, forecast } of state.machines) {
    const origin = { tenant, agent, epoch: state.epoch, nowMs };
    await setMachine(tx, origin, machine, {
      agent,
      class: machineClass,
      phase,
      readiness,
      missing,
      points: JSON.stringify(points),
      layers: layers === undefined ? null : JSON.stringify(layers),
    });
    if (forecast !== undefined) await showForecast(tx, origin, machine, forecast);
  }
}

/** An agent that sends is there, whatever the last state said. */
export async function markSeen(tx: Tx, { tenant, agent }: { tenant: string; agent: string }, nowMs: number): Promise<void> {
  await tx
    .updateTable("agents")
    .set({ status: "online", seen_ms: nowMs })
    .where("tenant", "=", tenant)
    .where("agent", "=", agent)
    .execute();
}

/** At the start nobody is known to be there: a retained state, a birth or a batch says who is. */
export async function markAllOffline(tx: Tx): Promise<void> {
  await tx.updateTable("agents").set({ status: "offline" }).execute();
}
