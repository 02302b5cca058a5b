// The tables of the gateway's store, as kysely types. Columns that hold JSON are text; times are Unix ms of machine time.
// Key of a record = (tenant, agent, epoch, lane, seq); the lane is the table (predictions, events, telemetry).
import type { VerdictKind } from "@millwright/contract/down-message";
import type { ModelCause } from "@millwright/contract/event";
import type { FailureMode } from "@millwright/contract/failure-modes";
import type { Layer, Level } from "@millwright/contract/prediction";
import type { Generated } from "kysely";

type RecordKey = { tenant: string; agent: string; epoch: string; seq: number };
type OfMachine = { site: string; machine: string };
/** Which model: its id and hash, and the generation of one the box has learned itself. */
export type ModelVersion = { model_id: string | null; model_hash: string | null; generation: number | null };
type OfModel = OfMachine & ModelVersion;

export type PredictionRow = RecordKey &
  OfMachine & {
    wall_ms: number;
    trace_id: string;
    episode: string | null;
    failure_mode: FailureMode;
    level: Level;
    score: number | null;
    /** The whole record as it came. */
    body: string;
  };
export type EventRow = RecordKey & {
  site: string | null;
  machine: string | null;
  wall_ms: number;
  event: string;
  severity: string;
  text: string;
  body: string;
};
export type TelemetryRow = RecordKey &
  OfMachine & {
    wall_ms: number;
    update_no: number | null;
    values: string;
    not_good: string | null;
    score: number | null;
    level: Level;
  };

export type AgentRow = {
  tenant: string;
  agent: string;
  status: "online" | "offline";
  epoch: string | null;
  version: string | null;
  config_revision: string | null;
  outbox_waiting: number;
  outbox_dropped: number;
  seen_ms: number;
};

/** Its model: that of the newest prediction. */
export type MachineRow = OfModel & {
  tenant: string;
  agent: string;
  class: string | null;
  phase: string | null;
  readiness: number;
  missing: string | null;
  /** JSON: [{name, unit}]. */
  points: string;
  level: Level;
  score: number | null;
  /** When the box said that level and score, as the record's time has it. */
  level_boot_id: string | null;
  level_monotonic_ms: number | null;
  episode: string | null;
  row_ms: number | null;
  /** The telemetry row, and the prediction, that were shown last; an older one that comes later changes nothing. */
  row_epoch: string | null;
  row_seq: number | null;
  prediction_epoch: string | null;
  prediction_seq: number | null;
  /** When the gateway took the newest row, by its own clock; before the first one, when the machine was first spoken of. */
  heard_ms: number | null;
  /** What the newest prediction said; with `episode` null and this not normal, a technician has answered. */
  prediction_level: Level | null;
  /** The newest command to learn its normal again. */
  relearn_id: string | null;
  /** JSON: { remaining_life, p_fail } of the newest row that made one; and the time of that row. */
  forecast: string | null;
  forecast_ms: number | null;
  /** JSON: layers that learn beside the baseline, as the state message has them; null where there are none. */
  layers: string | null;
};

/** One incident per (tenant, machine, episode): what its predictions say together, whatever their order. */
export type IncidentRow = OfMachine & {
  tenant: string;
  agent: string;
  episode: string;
  failure_mode: FailureMode;
  diagnosed_at: string | null;
  level: Level;
  score_peak: number | null;
  peak_ms: number | null;
  first_at: string;
  first_ms: number;
  opening_at: string | null;
  opening_ms: number | null;
  opening_trace: string | null;
  last_at: string;
  last_ms: number;
  last_level: Level;
  last_score: number | null;
  last_epoch: string;
  last_seq: number;
  predictions: number;
};

export type TicketStatus = "open" | "done";
/** Its model: that of the prediction that opened it, as known when it was closed. */
export type TicketRow = OfModel & {
  no: Generated<number>;
  tenant: string;
  agent: string;
  episode: string;
  failure_mode: FailureMode;
  level: Level;
  status: TicketStatus;
  opened_ms: number;
  updated_ms: number;
  closed_ms: number | null;
  verdict: VerdictKind | null;
  verdict_mode: FailureMode | null;
  actor: string | null;
  note: string | null;
  /** Which layer opened it; null before it is closed. */
  layer: Layer | null;
};
/** About a model, for the engineer; `text` is the newest report's. */
export type ModelTicketRow = OfMachine & {
  no: Generated<number>;
  tenant: string;
  agent: string;
  cause: ModelCause;
  status: TicketStatus;
  text: string;
  opened_ms: number;
  updated_ms: number;
  closed_ms: number | null;
  actor: string | null;
  note: string | null;
  /** What an engineer decided. */
  outcome: ModelOutcome | null;
  /** It was answered: the same cause is not asked about again until then; null when that has ended. */
  kept_until_ms: number | null;
  /** How far the cause goes (signals that drifted); null where that has no figure. */
  extent: number | null;
};
export type ModelOutcome = "retrain" | "keep";
export type TicketHistoryRow = {
  no: Generated<number>;
  ticket_no: number;
  tenant: string;
  wall_ms: number;
  what: string;
  actor: string | null;
  text: string;
};

export type CommandRow = {
  id: string;
  tenant: string;
  agent: string;
  ticket_no: number | null;
  command: string;
  created_ms: number;
  done_ms: number | null;
};

export type DeadLetterRow = {
  no: Generated<number>;
  tenant: string | null;
  agent: string | null;
  epoch: string | null;
  lane: string | null;
  seq: number | null;
  /** Identity of this dead letter: its record key, or the hash of its payload. The same one is kept once. */
  identity: string;
  topic: string;
  code: string;
  reason: string;
  bytes: number;
  /** The beginning of the payload. */
  excerpt: string;
  wall_ms: number;
};

export type Tables = {
  store: { id: string; created_ms: number; commit_no: number };
  agents: AgentRow;
  machines: MachineRow;
  predictions: PredictionRow;
  events: EventRow;
  telemetry: TelemetryRow;
  incidents: IncidentRow;
  tickets: TicketRow;
  ticket_history: TicketHistoryRow;
  model_tickets: ModelTicketRow;
  commands: CommandRow;
  dead_letters: DeadLetterRow;
  schedule: { task: string; last_run_ms: number };
};
