// Agents and dead letters as pages and programs read them.
import type { Store } from "../store/store.ts";
import { readMachines } from "./read-machines.ts";

export async function readAgents({ reader }: Store) {
  return reader.selectFrom("agents").selectAll().orderBy("tenant").orderBy("agent").limit(2_000).execute();
}
export type AgentCard = Awaited<ReturnType<typeof readAgents>>[number];

/** The newest refused records and messages, at most 200. */
export async function readDeadLetters({ reader }: Store) {
  return reader
    .selectFrom("dead_letters")
    .select(["no", "tenant", "agent", "epoch", "lane", "seq", "topic", "code", "reason", "bytes", "excerpt", "wall_ms"])
    .orderBy("no", "desc")
    .limit(200)
    .execute();
}
export type DeadLetterCard = Awaited<ReturnType<typeof readDeadLetters>>[number];

/** How many are kept, listed or not. */
export async function countDeadLetters({ reader }: Store): Promise<number> {
  const { count } = await reader
    .selectFrom("dead_letters")
    .select((e) => e.fn.countAll<number>().as("count"))
    .executeTakeFirstOrThrow();
  return Number(count);
}

export async function readHealth(store: Store, nowMs: number) {
  const { reader } = store;
  const { commit_no } = await reader.selectFrom("store").select("commit_no").executeTakeFirstOrThrow();
  const count = (e: { open: string | number | bigint }): number => Number(e.open);
  const open = count(
    await reader
      .selectFrom("tickets")
      .select((e) => e.fn.countAll().as("open"))
      .where("status", "<>", "done")
      .executeTakeFirstOrThrow(),
  );
  const online = count(
    await reader
      .selectFrom("agents")
      .select((e) => e.fn.countAll().as("open"))
      .where("status", "=", "online")
      .executeTakeFirstOrThrow(),
  );
  const silent = (await readMachines(store, nowMs)).filter((machine) => machine.silent !== null).length;
  return { commit: commit_no, open_tickets: open, agents_online: online, machines_silent: silent };
}
