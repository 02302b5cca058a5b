// The rows of a ticket's machine around the alarm, for one chart: enough before it to see what normal looked like.
import type { Prediction } from "@millwright/contract/prediction";
import type { Store } from "../store/store.ts";
import { pointTitle, unitText } from "./texts.ts";
import { ticketId } from "./ticket-id.ts";

/** Rows looked at before and after the alarm, and most rows given. */
export const rowsBefore = 900;
export const rowsAfter = 900;
export const maxRows = 600;
const maxPoints = 3;

export type SeriesPoint = { point: string; title: string; unit: string; baseline: number | null; values: (number | null)[] };
export type Series = {
  ticket: string;
  alarm_ms: number;
  from_ms: number | null;
  to_ms: number | null;
  wall_ms: number[];
  points: SeriesPoint[];
  score: (number | null)[];
  watch_limit: 1;
};

/** @returns null where there is no such ticket; empty columns where the machine's rows are not (or no longer) kept. */
export async function readSeries({ reader }: Store, no: number): Promise<Series | null> {
  const ticket = await reader.selectFrom("tickets").selectAll().where("no", "=", no).executeTakeFirst();
  if (ticket === undefined) return null;
  const { tenant, site, machine, episode, opened_ms: alarmMs } = ticket;
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

  const rowsOf = () =>
    reader
      .selectFrom("telemetry")
      .select(["wall_ms", "values", "score"])
      .where("tenant", "=", tenant)
      .where("site", "=", site)
      .where("machine", "=", machine);
  const [before, after] = await Promise.all([
    rowsOf().where("wall_ms", "<=", alarmMs).orderBy("wall_ms", "desc").limit(rowsBefore).execute(),
    rowsOf().where("wall_ms", ">", alarmMs).orderBy("wall_ms").limit(rowsAfter).execute(),
  ]);
  const rows = thinned([...before.reverse(), ...after], maxRows).map(({ wall_ms: wallMs, values, score }) => ({
    wallMs,
    score,
    values: JSON.parse(values) as Record<string, number | null>,
  }));
  return {
    ticket: ticketId(no),
    alarm_ms: alarmMs,
    from_ms: rows[0]?.wallMs ?? null,
    to_ms: rows.at(-1)?.wallMs ?? null,
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

/** Every k-th row, so that at most `most` are left and each is one that was measured; the last is kept. */
export function thinned<T>(rows: readonly T[], most: number): T[] {
  const step = Math.ceil(rows.length / most);
  return step <= 1 ? [...rows] : rows.filter((_, index) => (rows.length - 1 - index) % step === 0);
}
