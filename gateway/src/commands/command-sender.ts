// Sends commands to agents until they say that they are done: at once, when an agent comes back, and again with growing pauses.
// The pauses live in memory and run on real, monotonic time; what is not done lives in the store.
import type { Command } from "@millwright/contract/down-message";
import { type Address, downTopic } from "@millwright/contract/topics";
import { messageOf } from "@millwright/kit/fault";
import { retrySchedule } from "@millwright/kit/retry-schedule";
import type { Emit } from "../events.ts";
import type { Store } from "../store/store.ts";

export type CommandSender = {
  /** Looks for commands that are not done and due. Call it after a command was made. */
  wake(): void;
  /** This agent is back: everything for it is due now. */
  wakeFor(agent: Address): void;
  close(): Promise<void>;
};

type Pace = { dueMs: number; delays: Generator<number, never>; to: Address };

const tickMs = 1_000;
const maxPending = 1_000;

export function createCommandSender({
  store,
  publish,
  emit,
}: {
  store: Store;
  publish: (topic: string, payload: string) => Promise<void>;
  emit: Emit;
}): CommandSender {
  const paces = new Map<string, Pace>();
  let running: Promise<void> | null = null;
  let isWanted = false;
  let isClosed = false;

  const pass = async (): Promise<void> => {
    const pending = await store.reader
      .selectFrom("commands as c")
      .leftJoin("agents as a", (join) => join.onRef("a.tenant", "=", "c.tenant").onRef("a.agent", "=", "c.agent"))
      .select(["c.id", "c.tenant", "c.agent", "c.command"])
      .where("c.done_ms", "is", null)
      // Boxes that are there first: those that never come back must not use up what one pass looks at.
      .orderBy((e) => e.case("a.status").when("online").then(0).else(1).end())
      .orderBy("c.created_ms")
      .limit(maxPending)
      .execute();
    const open = new Set(pending.map(({ id }) => id));
    for (const id of paces.keys()) if (!open.has(id)) paces.delete(id);
    const nowMs = performance.now();
    for (const { id, tenant, agent, command } of pending) {
      const pace = paces.get(id) ?? {
        dueMs: 0,
        delays: retrySchedule({ firstMs: 4_000, maxMs: 300_000, minMs: 2_000 }),
        to: { tenant, agent },
      };
      paces.set(id, pace);
      if (pace.dueMs > nowMs) continue;
      pace.dueMs = nowMs + pace.delays.next().value;
      await publish(downTopic(pace.to, "command"), command).then(
        () => emit("command_sent", { id, agent }),
        () => {
          pace.dueMs = nowMs + tickMs;
        },
      );
    }
  };
  const run = async (): Promise<void> => {
    while (isWanted && !isClosed) {
      isWanted = false;
      await pass().catch((error: unknown) => emit("task_failed", { task: "commands", error: messageOf(error) }));
    }
    running = null;
  };
  const wake = (): void => {
    isWanted = true;
    if (!isClosed) running ??= run();
  };
  const timer = setInterval(() => paces.size > 0 && wake(), tickMs);
  timer.unref();
  return {
    wake,
    wakeFor({ tenant, agent }) {
      for (const pace of paces.values()) if (pace.to.tenant === tenant && pace.to.agent === agent) pace.dueMs = 0;
      wake();
    },
    async close() {
      isClosed = true;
      clearInterval(timer);
      await running;
    },
  };
}

/** A command's row. */
export const commandRow = ({ tenant, agent }: Address, command: Command, ticketNo: number | null) => ({
  id: command.id,
  tenant,
  agent,
  ticket_no: ticketNo,
  command: JSON.stringify(command),
  created_ms: command.wall_ms,
  done_ms: null,
});
