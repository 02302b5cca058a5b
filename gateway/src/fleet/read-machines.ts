// Machines as pages and programs read them: their true level, whether anybody hears them, whether what they show was answered.
import type { LifeForecast } from "@millwright/contract/forecast";
import type { LayerReadiness } from "@millwright/contract/up-message";
import type { Selectable } from "kysely";
import type { Store } from "../store/store.ts";
import type { AgentRow, CommandRow, MachineRow, TicketRow } from "../store/tables.ts";
import { forecastText } from "../tickets/forecast-text.ts";
import { answeredText, layerMissingText, levelTexts, placeText, relearnText, scoreClause, silentTexts } from "../tickets/texts.ts";
import { ticketId } from "../tickets/ticket-id.ts";
import { leastSilenceMs, medianSpacingMs, silenceOf } from "./silence.ts";

const maxMachines = 2_000;
/** Rows that say what spacing is usual. */
const spacingRows = 30;

export type MachineKey = { tenant: string; site: string; machine: string };
type TicketOf = Pick<Selectable<TicketRow>, "no" | "tenant" | "site" | "machine" | "status" | "episode" | "actor">;

export async function readMachines(store: Store, nowMs: number): Promise<MachineCard[]> {
  const { reader } = store;
  const machines = await reader.selectFrom("machines").selectAll().orderBy("site").orderBy("machine").limit(maxMachines).execute();
  return cardsOf(store, machines, nowMs);
}

/** @returns null where nobody has spoken of this machine. */
export async function readMachine(store: Store, { tenant, site, machine }: MachineKey, nowMs: number): Promise<MachineCard | null> {
  const row = await store.reader
    .selectFrom("machines")
    .selectAll()
    .where("tenant", "=", tenant)
    .where("site", "=", site)
    .where("machine", "=", machine)
    .executeTakeFirst();
  return row === undefined ? null : ((await cardsOf(store, [row], nowMs))[0] ?? null);
}

async function cardsOf({ reader }: Store, machines: readonly MachineRow[], nowMs: number) {
  const agents = await reader.selectFrom("agents").select(["tenant", "agent", "status"]).execute();
  const newest = await reader
    .selectFrom("tickets")
    .select(["no", "tenant", "site", "machine", "status", "episode", "actor"])
    .where("no", "in", (of) =>
      of
        .selectFrom("tickets")
        .select((e) => e.fn.max("no").as("no"))
        .groupBy(["tenant", "site", "machine"]),
    )
    .execute();
  const open = await reader
    .selectFrom("tickets")
    .select(["no", "tenant", "site", "machine"])
    .where("status", "<>", "done")
    .orderBy("no")
    .execute();
  const relearns = await reader
    .selectFrom("machines as m")
    .innerJoin("commands as c", "c.id", "m.relearn_id")
    .select(["c.id", "c.command", "c.created_ms", "c.done_ms"])
    .execute();
  const known = {
    boxes: new Map(agents.map((row) => [`${row.tenant} ${row.agent}`, row.status])),
    newest: new Map(newest.map((row) => [nameOf(row), row])),
    open: new Map(open.map((row) => [nameOf(row), ticketId(row.no)])),
    relearns: new Map(relearns.map((row) => [row.id, row])),
  };
  return Promise.all(
    machines.map(async (row) =>
      cardOf(row, {
        boxStatus: known.boxes.get(`${row.tenant} ${row.agent}`),
        newest: known.newest.get(nameOf(row)),
        open: known.open.get(nameOf(row)) ?? null,
        relearn: known.relearns.get(row.relearn_id ?? ""),
        spacingMs: await spacingOf(reader, row, nowMs),
        nowMs,
      }),
    ),
  );
}

const nameOf = ({ tenant, site, machine }: MachineKey): string => `${tenant} ${site} ${machine}`;

// Only asked of machines that may be silent: the others cost nothing.
async function spacingOf(reader: Store["reader"], row: MachineRow, nowMs: number): Promise<number | null> {
  if (row.row_ms === null || nowMs - heardMsOf(row) <= leastSilenceMs) return null;
  const rows = await reader
    .selectFrom("telemetry")
    .select("wall_ms")
    .where("tenant", "=", row.tenant)
    .where("site", "=", row.site)
    .where("machine", "=", row.machine)
    .orderBy("wall_ms", "desc")
    .limit(spacingRows)
    .execute();
  return medianSpacingMs(rows.map(({ wall_ms }) => wall_ms));
}

const heardMsOf = ({ heard_ms, row_ms }: MachineRow): number => heard_ms ?? row_ms ?? 0;

type Around = {
  boxStatus: AgentRow["status"] | undefined;
  newest: TicketOf | undefined;
  open: string | null;
  relearn: Pick<CommandRow, "command" | "created_ms" | "done_ms"> | undefined;
  spacingMs: number | null;
  nowMs: number;
};

function cardOf(row: MachineRow, { boxStatus, newest, open, relearn, spacingMs, nowMs }: Around) {
  const { tenant, site, machine, agent, phase, readiness, missing, level, score, episode, row_ms } = row;
  const reason = silenceOf({
    nowMs,
    heardMs: heardMsOf(row),
    hasRows: row_ms !== null,
    isBoxOnline: boxStatus !== "offline",
    spacingMs,
  });
  const answer = answerOf(row, newest);
  const actor = relearn === undefined ? "" : (JSON.parse(relearn.command) as { actor: string }).actor;
  return {
    tenant,
    machine: { site, name: machine },
    place: placeText({ site, name: machine }),
    agent,
    class: row.class,
    phase,
    readiness,
    missing,
    points: JSON.parse(row.points) as { name: string; unit: string }[],
    level,
    level_text: levelTexts[level],
    score,
    score_text: score === null ? null : scoreClause(score),
    episode,
    row_ms,
    /** Nobody hears the machine: what it showed last says nothing about now. */
    silent: reason === null ? null : { since_ms: row_ms, reason, text: silentTexts[reason](agent) },
    /** Not normal, but a technician has answered: no ticket comes unless it gets clearly worse. */
    answered: answer === null ? null : { ...answer, text: answeredText(answer.by) },
    relearn:
      relearn === undefined
        ? null
        : {
            state: relearn.done_ms === null ? ("sent" as const) : ("done" as const),
            actor,
            asked_ms: relearn.created_ms,
            text: relearnText(actor, relearn.done_ms !== null),
          },
    ticket: open,
    /** Remaining life and risk of failure; null where nothing is forecast of it. */
    forecast: forecastOf(row),
    /** Layers that learn beside the baseline, and what those that do not watch yet still need. */
    layers: layersOf(row),
  };
}

function layersOf({ layers, points }: MachineRow): (LayerReadiness & { text: string | null })[] {
  const units = new Map((JSON.parse(points) as { name: string; unit: string }[]).map(({ name, unit }) => [name, unit]));
  return (JSON.parse(layers ?? "[]") as LayerReadiness[]).map((layer) => ({ ...layer, text: layerMissingText(layer, units) }));
}

function forecastOf({ forecast, forecast_ms: rowMs }: MachineRow): (LifeForecast & { text: string; row_ms: number | null }) | null {
  if (forecast === null) return null;
  const told = JSON.parse(forecast) as LifeForecast;
  const text = forecastText(told);
  return text === null ? null : { ...told, text, row_ms: rowMs };
}

// The verdict may still be on its way to the box: then what it says still has the episode of the ticket.
function answerOf({ level, prediction_level, episode }: MachineRow, newest: TicketOf | undefined): { by: string; ticket: string } | null {
  if (level === "normal" || newest === undefined || newest.status !== "done") return null;
  const isAnswered = episode === null ? prediction_level !== null && prediction_level !== "normal" : episode === newest.episode;
  return isAnswered ? { by: newest.actor ?? "somebody", ticket: ticketId(newest.no) } : null;
}

export type MachineCard = Awaited<ReturnType<typeof cardsOf>>[number];
