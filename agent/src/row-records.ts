// The records one row leads to: telemetry always; a prediction when there is something to tell; an event for each sensor that froze or moves again.
import type { EventName } from "@millwright/contract/event";
import type { ModelManifest } from "@millwright/contract/model-manifest";
import type { MachineRef } from "@millwright/contract/names";
import type { Lineage } from "@millwright/contract/prediction";
import type { QualityReason } from "@millwright/contract/telemetry";
import type { Clock } from "@millwright/kit/clock";
import type { Conclusion } from "./conclude.ts";
import type { ResolvedPoint } from "./config/resolved-config.ts";
import type { MachineModel, Scored } from "./inference/machine-model.ts";
import type { UnsentRecord } from "./outbox/outbox.ts";
import { eventBody, newTraceId, type RowContext, telemetryBody, timeNow } from "./outbox/record-bodies.ts";
import type { MachineRow } from "./samples/machine-row.ts";
import { writtenFigure } from "./samples/written-figure.ts";

const none: readonly never[] = [];

export type MachinePoint = Pick<ResolvedPoint, "name" | "unit" | "role">;

/** Everything a row leads to carries the row's own time and one trace id. */
export const contextOf = ({ machine, bootId, atMonotonicMs, atWallMs, clock }: MachineRow): RowContext => ({
  machine,
  traceId: newTraceId(),
  time: { boot_id: bootId, monotonic_ms: atMonotonicMs, wall_ms: atWallMs, clock },
});

/** Points of a machine as telemetry has them, where they stand in its rows, and the values of a row before there are any. */
export type ShownPoints = {
  readonly names: readonly string[];
  readonly places: readonly number[];
  readonly blank: Readonly<Record<string, number | null>>;
};

export function shownPoints(points: readonly MachinePoint[]): ShownPoints {
  const places = points.flatMap(({ role }, index) => (role === "update_counter" ? [] : [index]));
  const names = places.map((place) => points[place]?.name ?? "");
  // Its copies are filled. An object that grows name by name, or that was made so, becomes a hash table: three times the time and the garbage of a row.
  const blank = JSON.parse(`{${names.map((name) => `${JSON.stringify(name)}:0.5`).join()}}`) as Record<string, number | null>;
  return { places, names, blank };
}

/** The row as it was read, its counter beside it; points the model does not see because they stand still are marked. */
export function rowTelemetry(
  context: RowContext,
  row: MachineRow,
  { shown, scored, conclusion, model }: { shown: ShownPoints; scored: Scored; conclusion: Conclusion; model: MachineModel | null },
): UnsentRecord {
  const { names, places, blank } = shown;
  const still = scored.masked.length === 0 ? none : namesOfStill(scored, model);
  const values = { ...blank };
  let notGood: Record<string, QualityReason> | null = null;
  for (let n = 0; n < names.length; n += 1) {
    const name = names[n] as string;
    const place = places[n] as number;
    const value = row.shown[place] as number;
    values[name] = Number.isFinite(value) ? writtenFigure(value) : null;
    const reason = row.reasons[place] ?? (still.length > 0 && still.includes(name) ? "flat_line" : null);
    if (reason === null) continue;
    notGood ??= {};
    notGood[name] = reason;
  }
  // A model's figures are float32 (docs/specs/models.md).
  const score = typeof scored.score === "number" ? writtenFigure(Math.fround(scored.score)) : null;
  return telemetryBody(context, { update: row.update, values, notGood, score, level: conclusion.level });
}

function namesOfStill({ masked }: Scored, model: MachineModel | null): readonly (string | undefined)[] {
  return masked.filter((p) => model?.stream.isStill(p)).map((p) => model?.manifest.features.points[p]?.name);
}

/** What is told of a machine without a row of its own. */
export const contextNow = (clock: Clock, machine: MachineRef): RowContext => ({ machine, traceId: newTraceId(), time: timeNow(clock) });

export type SensorNews = { point: string; text: string; name: EventName; severity: "warning" | "info" };

/** A frozen sensor is an event about the sensor, never a ticket for the machine. */
export function sensorNews({ sensorEvents }: Scored, periodMs: number): readonly SensorNews[] {
  if (sensorEvents.length === 0) return none;
  return sensorEvents.map(({ point, kind, stillRows }) => {
    const seconds = Math.round((stillRows * periodMs) / 1000);
    if (kind === "moving_again")
      return { point, text: `${point} moves again after ${seconds} s.`, name: "sensor_recovered", severity: "info" };
    const text = `${point} has shown the same value for ${seconds} s, longer than it ever did while healthy. The sensor or its wiring is suspect; the machine is judged without it.`;
    return { point, text, name: "sensor_frozen", severity: "warning" };
  });
}

export const sensorRecord = (context: RowContext, { point, text, name, severity }: SensorNews): UnsentRecord =>
  eventBody(context, name, severity, text, { point });

/** @param generation of the self-learned baseline; null for a bundle that was given */
export function lineageOf(manifest: ModelManifest | null, generation: number | null, configRevision: string): Lineage {
  return {
    model_id: manifest?.id ?? null,
    model_hash: manifest?.model_sha256 ?? null,
    feature_schema_hash: manifest?.feature_schema_sha256 ?? null,
    config_revision: configRevision,
    baseline_generation: manifest === null ? null : generation,
    threshold_revision: manifest?.thresholds.revision ?? null,
  };
}
