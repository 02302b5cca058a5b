// A serviced machine has another normal: a command tells its box to learn it anew. Asked twice while it is under way, it is one command.
import { randomUUID } from "node:crypto";
import type { Command } from "@millwright/contract/down-message";
import { MachineName, Site, TopicLevel } from "@millwright/contract/names";
import * as v from "valibot";
import type { MachineKey } from "../fleet/read-machines.ts";
import type { Store } from "../store/store.ts";
import { Actor } from "../tickets/actor.ts";
import { commandRow } from "./command-sender.ts";

export const RelearnRequest = v.strictObject({
  tenant: v.optional(TopicLevel, "default"),
  site: Site,
  name: MachineName,
  actor: Actor,
});
export type RelearnRequest = v.InferOutput<typeof RelearnRequest>;

export type Asked = { outcome: "asked" | "under_way"; machine: MachineKey } | { outcome: "unknown" };

export function askRelearn(store: Store, { tenant, site, name, actor }: RelearnRequest, nowMs: number): Promise<Asked> {
  const machine = { tenant, site, machine: name };
  return store.transaction(async (tx) => {
    const known = await tx
      .selectFrom("machines as m")
      .leftJoin("commands as c", "c.id", "m.relearn_id")
      .select(["m.agent", "c.id", "c.agent as to", "c.done_ms"])
      .where("m.tenant", "=", tenant)
      .where("m.site", "=", site)
      .where("m.machine", "=", name)
      .executeTakeFirst();
    if (known === undefined) return { outcome: "unknown" };
    // One that goes to a box the machine has left would never be taken.
    if (known.id !== null && known.done_ms === null && known.to === known.agent) return { outcome: "under_way", machine };
    const command: Command = {
      schema: "millwright/command/1",
      id: randomUUID(),
      command: "relearn",
      machine: { site, name },
      actor,
      wall_ms: nowMs,
    };
    await tx
      .insertInto("commands")
      .values(commandRow({ tenant, agent: known.agent }, command, null))
      .execute();
    await tx
      .updateTable("machines")
      .set({ relearn_id: command.id })
      .where("tenant", "=", tenant)
      .where("site", "=", site)
      .where("machine", "=", name)
      .execute();
    return { outcome: "asked", machine };
  });
}
