// Valid records for tests; each call takes what matters and fills in the rest.
import type { Event } from "@millwright/contract/event";
import type { LifeForecast } from "@millwright/contract/forecast";
import type { Prediction } from "@millwright/contract/prediction";
import type { Telemetry } from "@millwright/contract/telemetry";
import type { MachinePhase, StateMessage } from "@millwright/contract/up-message";

export const testMachine = { site: "plant/line1", name: "P-101" };
export const testEpoch = "00000000000000aa";
export const testEpisode = "00000000000000aa-1";
export const testStartMs = Date.UTC(2026, 10, 20, 8);
const bootId = "4b1c2a52-3f1d-4f5e-9f0a-6d3f5e0b7c11";

const head = (seq: number) => ({
  seq,
  trace_id: seq.toString(16).padStart(16, "0"),
  time: { boot_id: bootId, monotonic_ms: seq * 1_000, wall_ms: testStartMs + seq * 1_000, clock: "trusted" as const },
});

export const cycleForecast: LifeForecast = {
  remaining_life: {
    status: "available",
    unit: "cycles",
    middle: 34.2,
    low: 20.9,
    high: 51.6,
    coverage: 0.9,
    cap: 125,
    basis: "run_to_failure",
    calibration: "calibrated",
    model: { id: "small", hash: "c".repeat(64) },
  },
  p_fail: {
    status: "available",
    horizons: [
      { within_cycles: 30, p: 0.62, calibration: "calibrated" },
      { within_cycles: 50, p: 0.93, calibration: "interpolated" },
    ],
  },
};

const hourMs = 3_600_000;

/** From its own wear; `load`: the box knows it. */
export const wearForecast = (load?: { point: string; exponent: number }): LifeForecast => ({
  remaining_life: {
    status: "available",
    unit: "ms",
    middle: 9 * 24 * hourMs,
    low: 3 * 24 * hourMs,
    high: 40 * 24 * hourMs,
    coverage: 0.9,
    cap: 90 * 24 * hourMs,
    basis: "health_index",
    calibration: "uncalibrated",
    model: null,
    ...(load === undefined ? {} : { load }),
  },
  p_fail: { status: "available", horizons: [{ within_ms: 7 * 24 * hourMs, p: 0.34, calibration: "uncalibrated" }] },
});

export function prediction({
  seq,
  score = 3.2,
  ...rest
}: { seq: number; score?: number } & Partial<Omit<Prediction, "seq" | "score">>): Prediction {
  return {
    ...head(seq),
    kind: "prediction",
    machine: testMachine,
    failure_mode: "UNK",
    level: "warning",
    layer: "baseline",
    episode: testEpisode,
    score: { status: "available", value: score },
    p_fail: { status: "unavailable", reason: "no_prognosis_model" },
    remaining_life: { status: "unavailable", reason: "no_prognosis_model" },
    signals: [
      { point: "vibration_rms_de", unit: "mm/s", baseline: 2.1, now: 6.4, contribution: 0.71 },
      { point: "bearing_temperature_de", unit: "Cel", baseline: 54.2, now: 61.8, contribution: 0.22 },
      { point: "motor_current", unit: "A", baseline: 41, now: 42.3, contribution: 0.07 },
    ],
    good_share: 1,
    lineage: {
      model_id: "P-101",
      model_hash: "a".repeat(64),
      feature_schema_hash: "b".repeat(64),
      config_revision: "c1",
      baseline_generation: 1,
      threshold_revision: 1,
    },
    ...rest,
  };
}

export function telemetry({ seq, ...rest }: { seq: number } & Partial<Omit<Telemetry, "seq">>): Telemetry {
  return {
    ...head(seq),
    kind: "telemetry",
    machine: testMachine,
    values: { vibration_rms_de: 2.1, bearing_temperature_de: 54, motor_current: 41 },
    score: 0.4,
    level: "normal",
    ...rest,
  };
}

export function event({ seq, ...rest }: { seq: number } & Partial<Omit<Event, "seq">>): Event {
  return { ...head(seq), kind: "event", event: "agent_started", severity: "info", text: "The agent started.", ...rest };
}

export function birth({
  tenant = "default",
  agent = "box-1",
  readiness = 1,
  missing = null,
  phase = readiness < 1 ? "learning" : "scoring",
}: {
  tenant?: string;
  agent?: string;
  readiness?: number;
  missing?: string | null;
  phase?: MachinePhase;
} = {}): StateMessage {
  return {
    schema: "millwright/state/1",
    tenant,
    agent,
    status: "online",
    epoch: testEpoch,
    version: "0.1.0",
    config_revision: "c1",
    wall_ms: testStartMs,
    machines: [
      {
        machine: testMachine,
        class: "centrifugal-pump",
        phase,
        readiness,
        missing,
        points: [{ name: "vibration_rms_de", unit: "mm/s" }],
      },
    ],
    outbox: { waiting: 0, dropped: 0 },
  };
}
