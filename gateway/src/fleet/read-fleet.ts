// Machines, agents and dead letters as pages and programs read them.
import type { Store } from "../store/store.ts";
import { levelTexts, placeText } from "../tickets/texts.ts";
import { ticketId } from "../tickets/ticket-id.ts";

export async function readMachines({ reader }: Store) {
  const machines = await reader.selectFrom("machines").selectAll().orderBy("site").orderBy("machine").limit(2_000).execute();
  const tickets = await reader.selectFrom("tickets").select(["no", "tenant", "site", "machine"]).where("status", "<>", "done").execute();
  const ticketOf = new Map(tickets.map(({ no, tenant, site, machine }) => [`${tenant} ${site} ${machine}`, ticketId(no)]));
  return machines.map(
    ({
      tenant,
      site,
      machine,
      agent,
      class: machineClass,
      phase,
      readiness,
      missing,
      points,
      level,
      level: now,
      score,
      episode,
      row_ms,
    }) => ({
      tenant,
      machine: { site, name: machine },
      place: placeText({ site, name: machine }),
      agent,
      class: machineClass,
      phase,
      readiness,
      missing,
      points: JSON.parse(points) as { name: string; unit: string }[],
      level,
      level_text: levelTexts[now],
      score,
      episode,
      row_ms,
      ticket: ticketOf.get(`${tenant} ${site} ${machine}`) ?? null,
    }),
  );
}
export type MachineCard = Awaited<ReturnType<typeof readMachines>>[number];

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

export async function readHealth({ reader }: Store) {
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
  return { commit: commit_no, open_tickets: open, agents_online: online };
}
