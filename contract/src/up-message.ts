// What an agent publishes: a batch of records of one lane, and its retained state.
import * as v from "valibot";
import { Event } from "./event.ts";
import { Forecast } from "./forecast.ts";
import { Count, Finite, MachineClass, MachineRef, PointName, TopicLevel, WallMs } from "./names.ts";
import { Prediction } from "./prediction.ts";
import { Epoch } from "./record.ts";
import { Telemetry } from "./telemetry.ts";

/** Most records in one message; most bytes of one message (the smallest limit of the brokers we run on, with room). */
export const maxRecordsPerMessage = 500;
export const maxMessageBytes = 256 * 1024;

export const AnyRecord = v.variant("kind", [Prediction, Event, Telemetry]);
export type AnyRecord = v.InferOutput<typeof AnyRecord>;

const envelopeEntries = { schema: v.literal("millwright/up/1"), tenant: TopicLevel, agent: TopicLevel, epoch: Epoch };
const batchOf = <S extends v.GenericSchema>(record: S) => v.pipe(v.array(record), v.minLength(1), v.maxLength(maxRecordsPerMessage));

/** A batch as it is checked first: the envelope alone, so that one bad record does not condemn its neighbours. */
export const UpEnvelope = v.strictObject({
  ...envelopeEntries,
  lane: v.picklist(["prediction", "event", "telemetry"]),
  records: batchOf(v.unknown()),
});
export type UpEnvelope = v.InferOutput<typeof UpEnvelope>;

/** A whole batch, one lane, records of that lane's kind. */
export const UpMessage = v.variant("lane", [
  v.strictObject({ ...envelopeEntries, lane: v.literal("prediction"), records: batchOf(Prediction) }),
  v.strictObject({ ...envelopeEntries, lane: v.literal("event"), records: batchOf(Event) }),
  v.strictObject({ ...envelopeEntries, lane: v.literal("telemetry"), records: batchOf(Telemetry) }),
]);
export type UpMessage = v.InferOutput<typeof UpMessage>;

/** What a machine's model is doing. */
export const MachinePhase = v.picklist(["learning", "scoring", "unavailable"]);
export type MachinePhase = v.InferOutput<typeof MachinePhase>;

/** How ready a layer is that learns beside the baseline, 0…1, and what is still missing, in words; null: nothing. */
export const LayerReadiness = v.strictObject({
  layer: v.picklist(["wear", "novelty"]),
  points: v.pipe(v.array(PointName), v.maxLength(256)),
  readiness: v.pipe(Finite, v.minValue(0), v.maxValue(1)),
  missing: v.nullable(v.string()),
});
export type LayerReadiness = v.InferOutput<typeof LayerReadiness>;

/** One bus as its owner counts it, since the agent started. */
export const BusState = v.strictObject({
  name: v.string(),
  connected: v.boolean(),
  requests: Count,
  good: Count,
  timeouts: Count,
  crc_errors: Count,
  /** Replies that came after their deadline and were thrown away. */
  late_rejected: Count,
  malformed: Count,
  exceptions: Count,
  /** null: nothing was answered yet. */
  round_trip_p99_ms: v.nullable(Finite),
  units_down: v.pipe(v.array(v.union([v.string(), v.number()])), v.maxLength(1_000)),
});
export type BusState = v.InferOutput<typeof BusState>;

/** Retained: the birth (`online`, with everything needed to show the agent) and the will (`offline`). */
export const StateMessage = v.variant("status", [
  v.strictObject({
    schema: v.literal("millwright/state/1"),
    tenant: TopicLevel,
    agent: TopicLevel,
    status: v.literal("online"),
    epoch: Epoch,
    version: v.string(),
    config_revision: v.string(),
    wall_ms: WallMs,
    machines: v.pipe(
      v.array(
        v.strictObject({
          machine: MachineRef,
          class: MachineClass,
          phase: MachinePhase,
          /** How ready the baseline is, 0…1, and what is still missing, in words. */
          readiness: v.pipe(Finite, v.minValue(0), v.maxValue(1)),
          missing: v.nullable(v.string()),
          points: v.array(v.strictObject({ name: PointName, unit: v.string() })),
          /** Only of machines that have such layers. */
          layers: v.optional(v.pipe(v.array(LayerReadiness), v.maxLength(2))),
          /** Only of machines with a prognosis. */
          forecast: v.optional(Forecast),
        }),
      ),
      v.maxLength(1_000),
    ),
    outbox: v.strictObject({ waiting: Count, dropped: Count }),
    /** Older agents do not say it. */
    buses: v.optional(v.pipe(v.array(BusState), v.maxLength(1_000))),
  }),
  v.strictObject({ schema: v.literal("millwright/state/1"), tenant: TopicLevel, agent: TopicLevel, status: v.literal("offline") }),
]);
export type StateMessage = v.InferOutput<typeof StateMessage>;
