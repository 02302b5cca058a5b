import type { Kysely } from "kysely";
import type { Tables } from "../store/tables.ts";

/** Tickets `t`, each with the incident `i` it is about. */
export const ticketsWithIncidents = (db: Kysely<Tables>) =>
  db
    .selectFrom("tickets as t")
    .innerJoin("incidents as i", (join) =>
      join
        .onRef("i.tenant", "=", "t.tenant")
        .onRef("i.site", "=", "t.site")
        .onRef("i.machine", "=", "t.machine")
        .onRef("i.episode", "=", "t.episode"),
    );
