// The store's numbered migrations, in kysely's portable builder. Never change one that was released: add the next.
import { type CreateTableBuilder, type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

// biome-ignore lint/suspicious/noExplicitAny: a migration sees the tables of its own day, not today's.
type Database = Kysely<any>;

export const migrations: Record<string, Migration> = {
  "0001-first": { up: first },
  "0002-silence-and-relearn": { up: silenceAndRelearn },
  "0003-model-tickets": { up: modelTickets },
  "0005-kept-models": { up: keptModels },
  "0006-forecasts": { up: forecasts },
  "0007-verdicts-by-model": { up: verdictsByModel },
  "0008-layers": { up: (db) => db.schema.alterTable("machines").addColumn("layers", "text").execute() },
  "0009-level-of": { up: levelOf },
};

async function first(db: Database): Promise<void> {
  await db.schema
    .createTable("store")
    .addColumn("id", "text", (c) => c.primaryKey())
    .addColumn("created_ms", "double precision", (c) => c.notNull())
    .addColumn("commit_no", "bigint", (c) => c.notNull())
    .execute();
  await createFleet(db);
  await createRecords(db);
  await createTickets(db);
  await createRest(db);
}

async function silenceAndRelearn(db: Database): Promise<void> {
  await db.schema.alterTable("machines").addColumn("heard_ms", "double precision").execute();
  await db.schema.alterTable("machines").addColumn("prediction_level", "text").execute();
  await db.schema.alterTable("machines").addColumn("relearn_id", "text").execute();
}

async function modelTickets(db: Database): Promise<void> {
  await columns(numbered(db, "model_tickets"), "model_tickets", {
    texts: ["tenant", "site", "machine", "agent", "cause", "status", "text"],
    numbers: ["opened_ms", "updated_ms"],
    optionalTexts: ["actor", "note"],
    optionalNumbers: ["closed_ms"],
  }).execute();
  await db.schema
    .createIndex("one_open_model_ticket")
    .unique()
    .on("model_tickets")
    .columns(["tenant", "site", "machine", "cause"])
    .where(sql.ref("status"), "<>", sql.lit("done"))
    .execute();
}

async function forecasts(db: Database): Promise<void> {
  await db.schema.alterTable("machines").addColumn("forecast", "text").execute();
  await db.schema.alterTable("machines").addColumn("forecast_ms", "double precision").execute();
}

async function levelOf(db: Database): Promise<void> {
  await db.schema.alterTable("machines").addColumn("level_boot_id", "text").execute();
  await db.schema.alterTable("machines").addColumn("level_monotonic_ms", "double precision").execute();
}

async function verdictsByModel(db: Database): Promise<void> {
  for (const table of ["tickets", "machines"])
    for (const [column, type] of [
      ["model_id", "text"],
      ["model_hash", "text"],
      ["generation", "bigint"],
    ] as const)
      await db.schema.alterTable(table).addColumn(column, type).execute();
  await db.schema.alterTable("tickets").addColumn("layer", "text").execute();
  await nameModels(db);
}

/** Verdicts of before name their model, too: that of the prediction that opened the ticket. */
async function nameModels(db: Database): Promise<void> {
  const done = await db
    .selectFrom("tickets as t")
    .innerJoin("incidents as i", (join) =>
      join
        .onRef("i.tenant", "=", "t.tenant")
        .onRef("i.site", "=", "t.site")
        .onRef("i.machine", "=", "t.machine")
        .onRef("i.episode", "=", "t.episode"),
    )
    .innerJoin("predictions as p", (join) =>
      join
        .onRef("p.tenant", "=", "i.tenant")
        .onRef("p.site", "=", "i.site")
        .onRef("p.machine", "=", "i.machine")
        .onRef("p.wall_ms", "=", "i.opening_ms")
        .onRef("p.trace_id", "=", "i.opening_trace"),
    )
    .select(["t.no", "p.body"])
    .where("t.verdict", "is not", null)
    .execute();
  for (const { no, body } of done) {
    const { layer, lineage } = JSON.parse(body);
    const { model_id, model_hash, baseline_generation: generation } = lineage;
    await db.updateTable("tickets").set({ layer, model_id, model_hash, generation }).where("no", "=", no).execute();
  }
}

async function keptModels(db: Database): Promise<void> {
  await db.schema.alterTable("model_tickets").addColumn("outcome", "text").execute();
  await db.schema.alterTable("model_tickets").addColumn("kept_until_ms", "double precision").execute();
  await db.schema.alterTable("model_tickets").addColumn("extent", "double precision").execute();
}

async function createFleet(db: Database): Promise<void> {
  await columns(db, "agents", {
    texts: ["tenant", "agent", "status"],
    optionalTexts: ["epoch", "version", "config_revision"],
    counts: ["outbox_waiting", "outbox_dropped"],
    numbers: ["seen_ms"],
  })
    .addPrimaryKeyConstraint("agents_key", ["tenant", "agent"])
    .execute();
  await columns(db, "machines", {
    texts: ["tenant", "site", "machine", "agent", "points", "level"],
    optionalTexts: ["class", "phase", "missing", "episode", "row_epoch", "prediction_epoch"],
    numbers: ["readiness"],
    optionalNumbers: ["score", "row_ms"],
    optionalCounts: ["row_seq", "prediction_seq"],
  })
    .addPrimaryKeyConstraint("machines_key", ["tenant", "site", "machine"])
    .execute();
}

async function createRecords(db: Database): Promise<void> {
  const key = { texts: ["tenant", "agent", "epoch"], counts: ["seq"] };
  const keyOf = ["tenant", "agent", "epoch", "seq"] as const;
  await columns(db, "predictions", {
    ...key,
    texts: [...key.texts, "site", "machine", "trace_id", "failure_mode", "level", "body"],
    optionalTexts: ["episode"],
    numbers: ["wall_ms"],
    optionalNumbers: ["score"],
  })
    .addPrimaryKeyConstraint("predictions_key", [...keyOf])
    .execute();
  await db.schema.createIndex("predictions_of_machine").on("predictions").columns(["tenant", "site", "machine", "wall_ms"]).execute();
  await columns(db, "events", {
    ...key,
    texts: [...key.texts, "event", "severity", "text", "body"],
    optionalTexts: ["site", "machine"],
    numbers: ["wall_ms"],
  })
    .addPrimaryKeyConstraint("events_key", [...keyOf])
    .execute();
  await columns(db, "telemetry", {
    ...key,
    texts: [...key.texts, "site", "machine", "values", "level"],
    optionalTexts: ["not_good"],
    numbers: ["wall_ms"],
    optionalNumbers: ["score"],
    optionalCounts: ["update_no"],
  })
    .addPrimaryKeyConstraint("telemetry_key", [...keyOf])
    .execute();
  await db.schema.createIndex("telemetry_of_machine").on("telemetry").columns(["tenant", "site", "machine", "wall_ms"]).execute();
  await db.schema.createIndex("telemetry_by_age").on("telemetry").column("wall_ms").execute();
}

async function createTickets(db: Database): Promise<void> {
  await columns(db, "incidents", {
    texts: ["tenant", "site", "machine", "agent", "episode", "failure_mode", "level", "first_at", "last_at", "last_level", "last_epoch"],
    optionalTexts: ["diagnosed_at", "opening_at", "opening_trace"],
    counts: ["last_seq", "predictions"],
    numbers: ["first_ms", "last_ms"],
    optionalNumbers: ["score_peak", "peak_ms", "opening_ms", "last_score"],
  })
    .addPrimaryKeyConstraint("incidents_key", ["tenant", "site", "machine", "episode"])
    .execute();
  await columns(numbered(db, "tickets"), "tickets", {
    texts: ["tenant", "site", "machine", "agent", "episode", "failure_mode", "level", "status"],
    numbers: ["opened_ms", "updated_ms"],
    optionalTexts: ["verdict", "verdict_mode", "actor", "note"],
    optionalNumbers: ["closed_ms"],
  }).execute();
  // The promise of the whole program: exactly one open ticket per machine, failure mode and episode, whoever processes it.
  await db.schema
    .createIndex("one_open_ticket")
    .unique()
    .on("tickets")
    .columns(["tenant", "site", "machine", "failure_mode", "episode"])
    .where(sql.ref("status"), "<>", sql.lit("done"))
    .execute();
  // And an episode that had its ticket never gets another, though that one be closed.
  await db.schema.createIndex("one_ticket_an_episode").unique().on("tickets").columns(["tenant", "site", "machine", "episode"]).execute();
  await columns(numbered(db, "ticket_history"), "ticket_history", {
    texts: ["tenant", "what", "text"],
    optionalTexts: ["actor"],
    counts: ["ticket_no"],
    numbers: ["wall_ms"],
  }).execute();
  await db.schema.createIndex("history_of_ticket").on("ticket_history").columns(["ticket_no", "no"]).execute();
}

async function createRest(db: Database): Promise<void> {
  await columns(db, "commands", {
    texts: ["id", "tenant", "agent", "command"],
    optionalCounts: ["ticket_no"],
    numbers: ["created_ms"],
    optionalNumbers: ["done_ms"],
  })
    .addPrimaryKeyConstraint("commands_key", ["id"])
    .execute();
  await columns(numbered(db, "dead_letters"), "dead_letters", {
    texts: ["identity", "topic", "code", "reason", "excerpt"],
    optionalTexts: ["tenant", "agent", "epoch", "lane"],
    counts: ["bytes"],
    optionalCounts: ["seq"],
    numbers: ["wall_ms"],
  })
    .addUniqueConstraint("dead_letter_once", ["identity"])
    .execute();
  await columns(db, "schedule", { texts: ["task"], numbers: ["last_run_ms"] })
    .addPrimaryKeyConstraint("schedule_key", ["task"])
    .execute();
}

type Columns = {
  texts?: string[];
  optionalTexts?: string[];
  counts?: string[];
  optionalCounts?: string[];
  numbers?: string[];
  optionalNumbers?: string[];
};
type TableBuilder = CreateTableBuilder<string, string>;

const numbered = (db: Database, table: string): TableBuilder =>
  db.schema.createTable(table).addColumn("no", "integer", (c) => c.primaryKey().autoIncrement());

function columns(
  start: Database | TableBuilder,
  table: string,
  { texts = [], optionalTexts = [], counts = [], optionalCounts = [], numbers = [], optionalNumbers = [] }: Columns,
): TableBuilder {
  let builder = "schema" in start ? start.schema.createTable(table) : start;
  for (const name of texts) builder = builder.addColumn(name, "text", (c) => c.notNull());
  for (const name of counts) builder = builder.addColumn(name, "bigint", (c) => c.notNull());
  for (const name of numbers) builder = builder.addColumn(name, "double precision", (c) => c.notNull());
  for (const name of optionalTexts) builder = builder.addColumn(name, "text");
  for (const name of optionalCounts) builder = builder.addColumn(name, "bigint");
  for (const name of optionalNumbers) builder = builder.addColumn(name, "double precision");
  return builder;
}
