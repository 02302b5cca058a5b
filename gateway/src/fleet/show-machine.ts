// What a machine shows now: the newest row and the newest prediction, by their place in their lane (a backlog that drains later is older).
import type { Forecast, LifeForecast } from "@millwright/contract/forecast";
import type { MachineRef } from "@millwright/contract/names";
import type { Prediction } from "@millwright/contract/prediction";
import type { Time } from "@millwright/contract/record";
import type { Telemetry } from "@millwright/contract/telemetry";
import type { Tx } from "../store/store.ts";
import type { MachineRow } from "../store/tables.ts";

/** `nowMs`: when the gateway took it, by its own clock. */
type Origin = { tenant: string; agent: string; epoch: string; nowMs: number };
type Shown = Partial<Omit<MachineRow, "tenant" | "site" | "machine">>;

/** Shows the newest of some new rows of telemetry, machine by machine. */
export async function showRows(tx: Tx, origin: Origin, rows: readonly Telemetry[]): Promise<void> {
  for (const row of newestOfEach(rows)) {
    const known = await machineRow(tx, origin, row.machine);
    if (known.row_epoch === origin.epoch && (known.row_seq ?? 0) >= row.seq) continue;
    await set(tx, origin, row.machine, {
      agent: origin.agent,
      ...levelAt(known, row.time, row),
      row_ms: row.time.wall_ms,
      row_epoch: origin.epoch,
      row_seq: row.seq,
      heard_ms: origin.nowMs,
    });
  }
}

/** Shows the newest of some new predictions, machine by machine. */
export async function showPredictions(tx: Tx, origin: Origin, predictions: readonly Prediction[]): Promise<void> {
  for (const { machine, level, score, episode, seq, time, remaining_life, p_fail, lineage } of newestOfEach(predictions)) {
    await showForecast(tx, origin, machine, { wall_ms: time.wall_ms, remaining_life, p_fail });
    const known = await machineRow(tx, origin, machine);
    if (known.prediction_epoch === origin.epoch && (known.prediction_seq ?? 0) >= seq) continue;
    await set(tx, origin, machine, {
      agent: origin.agent,
      ...levelAt(known, time, { level, score: score.status === "available" ? score.value : null }),
      episode,
      prediction_epoch: origin.epoch,
      prediction_seq: seq,
      prediction_level: level,
      model_id: lineage.model_id,
      model_hash: lineage.model_hash,
      generation: lineage.baseline_generation,
    });
  }
}

/** What a record says of the level; nothing where a later one of another lane spoke first: after an outage predictions come before the telemetry of its hours. */
function levelAt(known: MachineRow, { boot_id, monotonic_ms }: Time, { level, score }: Pick<MachineRow, "level" | "score">): Shown {
  if (known.level_boot_id === boot_id && (known.level_monotonic_ms ?? 0) > monotonic_ms) return {};
  return { level, score, level_boot_id: boot_id, level_monotonic_ms: monotonic_ms };
}

/** Shows a forecast, unless that of a later row is shown: it comes with predictions and with the agent's state. */
export async function showForecast(tx: Tx, origin: Origin, machine: MachineRef, { wall_ms, ...forecast }: Forecast): Promise<void> {
  const { forecast_ms: knownMs } = await machineRow(tx, origin, machine);
  if (knownMs === null ? isOfNone(forecast) : knownMs > wall_ms) return;
  await set(tx, origin, machine, { forecast: JSON.stringify(forecast), forecast_ms: wall_ms });
}

/** The row of a machine; made where it is the first time anybody speaks of it. */
async function machineRow(tx: Tx, { tenant, agent, nowMs }: Origin, { site, name }: MachineRef): Promise<MachineRow> {
  const find = () =>
    tx
      .selectFrom("machines")
      .selectAll()
      .where("tenant", "=", tenant)
      .where("site", "=", site)
      .where("machine", "=", name)
      .executeTakeFirst();
  const known = await find();
  if (known !== undefined) return known;
  const row: MachineRow = {
    tenant,
    site,
    machine: name,
    agent,
    class: null,
    phase: null,
    readiness: 0,
    missing: null,
    points: "[]",
    level: "normal",
    score: null,
    level_boot_id: null,
    level_monotonic_ms: null,
    episode: null,
    row_ms: null,
    row_epoch: null,
    row_seq: null,
    prediction_epoch: null,
    prediction_seq: null,
    heard_ms: nowMs,
    prediction_level: null,
    relearn_id: null,
    forecast: null,
    forecast_ms: null,
    layers: null,
    model_id: null,
    model_hash: null,
    generation: null,
  };
  await tx
    .insertInto("machines")
    .values(row)
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  return row;
}

/** Sets columns of a machine's row, which is made where there is none. */
export async function setMachine(tx: Tx, origin: Origin, machine: MachineRef, shown: Shown): Promise<void> {
  await machineRow(tx, origin, machine);
  await set(tx, origin, machine, shown);
}

const isOfNone = ({ remaining_life: life }: LifeForecast): boolean => life.status === "unavailable" && life.reason === "no_prognosis_model";

async function set(tx: Tx, { tenant }: Origin, { site, name }: MachineRef, shown: Shown): Promise<void> {
  await tx.updateTable("machines").set(shown).where("tenant", "=", tenant).where("site", "=", site).where("machine", "=", name).execute();
}

function newestOfEach<R extends { machine: MachineRef; seq: number }>(records: readonly R[]): R[] {
  const newest = new Map<string, R>();
  for (const record of records) {
    const name = `${record.machine.site}/${record.machine.name}`;
    if (record.seq > (newest.get(name)?.seq ?? 0)) newest.set(name, record);
  }
  return [...newest.values()];
}
