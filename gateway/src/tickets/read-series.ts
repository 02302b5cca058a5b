// The rows of a ticket's machine around the alarm, for one chart: enough before it to see what normal looked like, and on to now while
// the ticket is open (to its end once it is done).
import type { Prediction } from "@millwright/contract/prediction";
import { unitText } from "@millwright/kit/unit-text";
import { sql } from "kysely";
import type { Store } from "../store/store.ts";
import { spanText } from "./amounts.ts";
import { pointTitle } from "./point-title.ts";
import { ticketId } from "./ticket-id.ts";

/** Rows looked at before the alarm, and at least after it; most rows given. */
export const rowsBefore = 900;
export const rowsAfter = 900;
export const maxRows = 600;
const maxPoints = 3;
/** The time before the alarm gets at least this share of the chart's, however long ago the alarm was. */
const leastShareBefore = 0.2;
/** A line is broken where rows are missing for this many times their usual spacing. */
const spacingsOfGap = 6;

export type SeriesPoint = { point: string; title: string; unit: string; baseline: number | null; values: (number | null)[] };
export type Series = {
  ticket: string;
  alarm_ms: number;
  from_ms: number | null;
  to_ms: number | null;
  /** How long the chart is, in words, and whether every row of it is given. */
  span_text: string;
  is_thinned: boolean;
  wall_ms: number[];
  points: SeriesPoint[];
  score: (number | null)[];
  watch_limit: 1;
};

type Row = { wall_ms: number; values: string; score: number | null };
type Window = { tenant: string; site: string; machine: string; fromMs: number; toMs: number };

/** @returns null where there is no such ticket; empty columns where the machine's rows are not (or no longer) kept. */
export async function readSeries({ reader }: Store, no: number): Promise<Series | null> {
  const ticket = await reader.selectFrom("tickets").selectAll().where("no", "=", no).executeTakeFirst();
  if (ticket === undefined) return null;
  const { tenant, site, machine, episode, opened_ms: alarmMs, closed_ms: closedMs } = ticket;
  const prediction = await reader
    .selectFrom("incidents as i")
    .innerJoin("predictions as p", (join) =>
      join
        .onRef("p.tenant", "=", "i.tenant")
        .onRef("p.agent", "=", "i.agent")
        .onRef("p.epoch", "=", "i.last_epoch")
        .onRef("p.seq", "=", "i.last_seq"),
    )
    .select("p.body")
    .where("i.tenant", "=", tenant)
    .where("i.site", "=", site)
    .where("i.machine", "=", machine)
    .where("i.episode", "=", episode)
    .executeTakeFirst();
  const signals = prediction === undefined ? [] : (JSON.parse(prediction.body) as Prediction).signals.slice(0, maxPoints);

  const span = await spanOf(reader, { tenant, site, machine, alarmMs, closedMs });
  const read = span === null ? [] : await rowsWithin(reader, { tenant, site, machine, ...span });
  const rows = withGaps(read).map(({ wall_ms: wallMs, values, score }) => ({
    wallMs,
    score,
    values: JSON.parse(values) as Record<string, number | null>,
  }));
  return {
    ticket: ticketId(no),
    alarm_ms: alarmMs,
    from_ms: rows[0]?.wallMs ?? null,
    to_ms: rows.at(-1)?.wallMs ?? null,
    span_text: spanText((rows.at(-1)?.wallMs ?? 0) - (rows[0]?.wallMs ?? 0)),
    is_thinned: span !== null && !span.isWhole,
    wall_ms: rows.map(({ wallMs }) => wallMs),
    points: signals.map(({ point, unit, baseline }) => ({
      point,
      title: pointTitle(point, unit),
      unit: unitText(unit),
      baseline,
      values: rows.map(({ values }) => (Object.hasOwn(values, point) ? (values[point] as number | null) : null)),
    })),
    score: rows.map(({ score }) => score),
    watch_limit: 1,
  };
}

type SpanOf = { tenant: string; site: string; machine: string; alarmMs: number; closedMs: number | null };

async function spanOf(reader: Store["reader"], { tenant, site, machine, alarmMs, closedMs }: SpanOf) {
  const times = () =>
    reader.selectFrom("telemetry").select("wall_ms").where("tenant", "=", tenant).where("site", "=", site).where("machine", "=", machine);
  const [before, after, last] = await Promise.all([
    times().where("wall_ms", "<=", alarmMs).orderBy("wall_ms", "desc").limit(rowsBefore).execute(),
    times().where("wall_ms", ">", alarmMs).orderBy("wall_ms").limit(rowsAfter).execute(),
    closedMs === null
      ? times().orderBy("wall_ms", "desc").limit(1).execute()
      : times().where("wall_ms", "<=", closedMs).orderBy("wall_ms", "desc").limit(1).execute(),
  ]);
  const near = [...before.reverse(), ...after].map(({ wall_ms }) => wall_ms);
  const first = near[0];
  if (first === undefined) return null;
  const toMs = Math.max(near.at(-1) ?? first, last[0]?.wall_ms ?? first);
  const fromMs = Math.min(first, alarmMs - ((toMs - alarmMs) * leastShareBefore) / (1 - leastShareBefore));
  return { fromMs, toMs, isWhole: near.length <= maxRows && fromMs === first && toMs === near.at(-1) };
}

/** All rows, or, where they are too many, the last one of each of `maxRows` equal slices of time: each is one that was measured. */
async function rowsWithin(
  reader: Store["reader"],
  { tenant, site, machine, fromMs, toMs, isWhole }: Window & { isWhole: boolean },
): Promise<Row[]> {
  if (isWhole)
    return reader
      .selectFrom("telemetry")
      .select(["wall_ms", "values", "score"])
      .where("tenant", "=", tenant)
      .where("site", "=", site)
      .where("machine", "=", machine)
      .where("wall_ms", ">=", fromMs)
      .where("wall_ms", "<=", toMs)
      .orderBy("wall_ms")
      .execute();
  // One look into the index a slice: a month of rows costs what an hour does. Picked first, then read: joined at once, SQLite tries every
  // slice for every row (measured on 3,000 rows: 57 s against 10 ms).
  const stepMs = (toMs - fromMs) / maxRows;
  const { rows } = await sql<Row>`
    WITH RECURSIVE slice(k) AS (SELECT 0 UNION ALL SELECT k + 1 FROM slice WHERE k + 1 < ${maxRows}),
    picked(ms) AS MATERIALIZED (
      SELECT (
        SELECT max(wall_ms) FROM telemetry
        WHERE tenant = ${tenant} AND site = ${site} AND machine = ${machine}
          AND wall_ms > ${toMs} - (slice.k + 1) * ${stepMs} AND wall_ms <= ${toMs} - slice.k * ${stepMs}
      ) FROM slice
    )
    SELECT wall_ms, "values", score FROM telemetry
    WHERE tenant = ${tenant} AND site = ${site} AND machine = ${machine} AND wall_ms IN (SELECT ms FROM picked)
    ORDER BY wall_ms
  `.execute(reader);
  return rows.filter(({ wall_ms }, index) => wall_ms !== rows[index - 1]?.wall_ms);
}

/** A row without values in each hole, so that no line is drawn where nothing was measured. */
export function withGaps(rows: readonly Row[]): Row[] {
  const spacings = rows.slice(1).map(({ wall_ms }, index) => wall_ms - (rows[index] as Row).wall_ms);
  const usualMs = [...spacings].sort((a, b) => a - b)[Math.floor(spacings.length / 2)] ?? 0;
  return rows.flatMap((row, index) => {
    const spacing = spacings[index - 1];
    return spacing !== undefined && spacing > spacingsOfGap * usualMs
      ? [{ wall_ms: row.wall_ms - spacing / 2, values: "{}", score: null }, row]
      : [row];
  });
}
