// The records an agent makes, from their parts. In: a time, a machine, what was concluded. Out: a record without its number. Pure but for
// random trace ids.
import { randomFillSync } from "node:crypto";
import { causes, type Diagnosis } from "@millwright/contract/diagnosis";
import type { Event, EventName } from "@millwright/contract/event";
import type { FailureMode } from "@millwright/contract/failure-modes";
import type { LifeForecast } from "@millwright/contract/forecast";
import type { MachineRef } from "@millwright/contract/names";
import type { Level, Lineage, Prediction, Signal } from "@millwright/contract/prediction";
import type { Time } from "@millwright/contract/record";
import type { QualityReason, Telemetry } from "@millwright/contract/telemetry";
import type { UnavailableReason } from "@millwright/contract/unavailable-reason";
import type { Clock } from "@millwright/kit/clock";

export type TelemetryBody = Omit<Telemetry, "seq">;
export type PredictionBody = Omit<Prediction, "seq">;
export type EventBody = Omit<Event, "seq">;

/** This moment, as a record carries it. */
export const timeNow = (clock: Clock): Time => ({
  boot_id: clock.bootId,
  monotonic_ms: clock.monotonicMs(),
  wall_ms: clock.wallMs(),
  clock: clock.isTrusted() ? "trusted" : "untrusted",
});

/** 16 hexadecimal digits. One is made for each row of a machine; everything that row leads to carries it. */
export function newTraceId(): string {
  if (nextRandom === randomBytes.length) {
    randomFillSync(randomBytes);
    nextRandom = 0;
  }
  nextRandom += traceBytes;
  return randomBytes.toString("hex", nextRandom - traceBytes, nextRandom);
}

// Asking for random bytes costs more than a trace id is worth: they are taken from a store.
const traceBytes = 8;
const randomBytes = Buffer.alloc(512 * traceBytes);
let nextRandom = randomBytes.length;

export type RowContext = { machine: MachineRef; time: Time; traceId: string };

export function telemetryBody(
  { machine, time, traceId }: RowContext,
  row: {
    /** null: the device counts nothing. */
    update: number | null;
    values: Record<string, number | null>;
    /** null: all are good. */
    notGood: Record<string, QualityReason> | null;
    score: number | null;
    level: Level;
  },
): TelemetryBody {
  const { values, score, level } = row;
  const body: TelemetryBody = { kind: "telemetry", trace_id: traceId, time, machine, values, score, level };
  if (row.update !== null) body.update = row.update;
  if (row.notGood !== null) body.not_good = row.notGood;
  return body;
}

export type Conclusion = {
  level: Level;
  layer: Prediction["layer"];
  episode: string | null;
  score: number | UnavailableReason;
  signals: readonly Signal[];
  goodShare: number;
  lineage: Lineage;
  forecast: LifeForecast;
  /** null: there is nothing to diagnose, or nothing to diagnose with. */
  diagnosis: Diagnosis | null;
};

export function predictionBody({ machine, time, traceId }: RowContext, c: Conclusion): PredictionBody {
  return {
    kind: "prediction",
    trace_id: traceId,
    time,
    machine,
    failure_mode: failureModeOf(c),
    level: c.level,
    layer: c.layer,
    episode: c.episode,
    score: typeof c.score === "number" ? { status: "available", value: c.score } : { status: "unavailable", reason: c.score },
    p_fail: c.forecast.p_fail,
    remaining_life: c.forecast.remaining_life,
    signals: c.signals.slice(0, 8),
    ...(c.diagnosis === null ? {} : { diagnosis: c.diagnosis }),
    good_share: c.goodShare,
    lineage: c.lineage,
  };
}

// A zone is crossed by vibration and nothing else, and wear is seen by it; why it vibrates, a diagnosis may say.
function failureModeOf({ diagnosis, layer, episode }: Conclusion): FailureMode {
  if (diagnosis?.status === "named" && causes[diagnosis.cause].mode !== "UNK") return causes[diagnosis.cause].mode;
  return (layer === "zones" || layer === "wear") && episode !== null ? "VIB" : "UNK";
}

export function eventBody(
  { time, traceId, machine }: { time: Time; traceId: string; machine?: MachineRef },
  event: EventName,
  severity: Event["severity"],
  text: string,
  more: Partial<Pick<Event, "point" | "command_id" | "figures" | "model_causes">> = {},
): EventBody {
  return {
    kind: "event",
    trace_id: traceId,
    time,
    event,
    severity,
    text: text.slice(0, 500),
    ...(machine === undefined ? {} : { machine }),
    ...more,
  };
}
