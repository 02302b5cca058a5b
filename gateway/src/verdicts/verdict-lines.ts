// Verdicts as lines for other programs: what was said of which stretch of time, by which model, and what was found.
import type { VerdictLine } from "@millwright/contract/verdict-line";
import * as v from "valibot";
import type { Store } from "../store/store.ts";
import { ticketId } from "../tickets/ticket-id.ts";
import { ticketsWithIncidents } from "../tickets/tickets-with-incidents.ts";

const maxLines = 10_000;

/** Of which machines; all where absent. */
export const VerdictFilter = v.object({ tenant: v.optional(v.string()), site: v.optional(v.string()), machine: v.optional(v.string()) });
export type VerdictFilter = v.InferOutput<typeof VerdictFilter>;

/** The newest 10,000, in the order of their verdicts. */
export async function readVerdictLines({ reader }: Store, { tenant, site, machine }: VerdictFilter): Promise<VerdictLine[]> {
  const rows = await ticketsWithIncidents(reader)
    .selectAll("t")
    .select(["i.first_ms", "i.last_ms"])
    .where("t.verdict", "is not", null)
    .$narrowType<{ verdict: VerdictLine["verdict"] }>()
    .$if(tenant !== undefined, (query) => query.where("t.tenant", "=", tenant ?? ""))
    .$if(site !== undefined, (query) => query.where("t.site", "=", site ?? ""))
    .$if(machine !== undefined, (query) => query.where("t.machine", "=", machine ?? ""))
    .orderBy("t.closed_ms", "desc")
    .limit(maxLines)
    .execute();
  return rows.reverse().map((row) => ({
    schema: "millwright/verdict/1",
    ticket: ticketId(row.no),
    tenant: row.tenant,
    machine: { site: row.site, name: row.machine },
    layer: row.layer,
    model_id: row.model_id,
    model_hash: row.model_hash,
    generation: row.generation,
    failure_mode: row.failure_mode,
    verdict: row.verdict,
    found_mode: row.verdict_mode,
    from: timeText(row.first_ms),
    opened: timeText(row.opened_ms),
    to: timeText(row.last_ms),
    closed: timeText(row.closed_ms ?? row.updated_ms),
  }));
}

const timeText = (ms: number): string => new Date(ms).toISOString();
