// Which model opened a ticket: that of the prediction which made it one. Inside the transaction that closes it.
import type { Prediction } from "@millwright/contract/prediction";
import type { Tx } from "../store/store.ts";
import type { ModelVersion, TicketRow } from "../store/tables.ts";

export type JudgedModel = ModelVersion & Pick<TicketRow, "layer">;

/** All null where the prediction is not there. */
export async function modelOfTicket(
  tx: Tx,
  { tenant, site, machine, episode }: Pick<TicketRow, "tenant" | "site" | "machine" | "episode">,
): Promise<JudgedModel> {
  const opening = await tx
    .selectFrom("incidents as i")
    .innerJoin("predictions as p", (join) =>
      join
        .onRef("p.tenant", "=", "i.tenant")
        .onRef("p.site", "=", "i.site")
        .onRef("p.machine", "=", "i.machine")
        .onRef("p.wall_ms", "=", "i.opening_ms")
        .onRef("p.trace_id", "=", "i.opening_trace"),
    )
    .select("p.body")
    .where("i.tenant", "=", tenant)
    .where("i.site", "=", site)
    .where("i.machine", "=", machine)
    .where("i.episode", "=", episode)
    .executeTakeFirst();
  if (opening === undefined) return { layer: null, model_id: null, model_hash: null, generation: null };
  const { layer, lineage } = JSON.parse(opening.body) as Prediction;
  return { layer, model_id: lineage.model_id, model_hash: lineage.model_hash, generation: lineage.baseline_generation };
}
