// What a running agent says of itself in `status.json`, for `millwright-agent status` and `doctor` on the same box. Times of day are real time.
import { ModelCause } from "@millwright/contract/event";
import { Count, Finite, MachineClass, MachineRef, TopicLevel } from "@millwright/contract/names";
import { Level } from "@millwright/contract/prediction";
import { UnavailableReason } from "@millwright/contract/unavailable-reason";
import { MachinePhase } from "@millwright/contract/up-message";
import * as v from "valibot";

const Text = v.nullable(v.string());
const Figure = v.nullable(Finite);

const BusStatus = v.object({
  name: v.string(),
  kind: v.string(),
  /** As a person writes it: `10.0.0.7:502`, `/dev/ttyUSB0 19200 8E1`. */
  address: v.string(),
  connected: v.boolean(),
  /** The last thing that went wrong with the connection, while there is none. */
  trouble: Text,
  /** Devices that are read on it, and those that do not answer at present. */
  units: Count,
  units_down: v.array(v.union([v.number(), v.string()])),
  requests: Count,
  good: Count,
  timeouts: Count,
  exceptions: Count,
  late_rejected: Count,
  malformed: Count,
  crc_errors: Count,
  /** Connections made so far. */
  connects: Count,
  /** Requests refused because too many waited. */
  refused: Count,
  waiting: Count,
  round_trip_p99_ms: Figure,
});
export type BusStatus = v.InferOutput<typeof BusStatus>;

const MachineStatus = v.object({
  machine: MachineRef,
  class: MachineClass,
  /** Nominal period of its rows, machine ms. */
  every_ms: Finite,
  /** Buses it is read on. */
  buses: v.array(v.string()),
  phase: MachinePhase,
  readiness: Finite,
  missing: Text,
  /** How far each running state is, in words; absent where it has none. */
  states: v.optional(v.array(v.object({ name: v.string(), text: v.string() }))),
  /** The one it is in; null where it is in none, or has none. */
  state: v.optional(Text, null),
  /** Of the baseline; 0 for a given model. */
  generation: Count,
  /** Why the model may not be used. */
  refusal: Text,
  /** Of the last row since the start; null before it. */
  level: v.nullable(Level),
  score: Figure,
  /** Why the last row has no score; null where it has one. */
  unscored: v.optional(v.nullable(UnavailableReason), null),
  /** Machine ms when this was written. */
  last_row_age_ms: Figure,
  rows: Count,
  /** Layers that learn beside the baseline; earlier versions do not say it. */
  layers: v.optional(
    v.array(
      v.object({ layer: v.picklist(["wear", "novelty"]), points: v.array(v.string()), readiness: Finite, missing: Text, level: Level }),
    ),
    [],
  ),
  /** The last nightly report on its model; null before the first. */
  report: v.nullable(v.object({ at_ms: Finite, text: v.string(), causes: v.array(ModelCause) })),
});
export type MachineStatus = v.InferOutput<typeof MachineStatus>;

export const AgentStatus = v.object({
  schema: v.literal("millwright/agent-status/1"),
  state: v.picklist(["running", "stopped"]),
  written_ms: Finite,
  /** Of the box's monotonic clock: tells the file's age also where the time of day stepped. */
  written_monotonic_ms: Finite,
  boot_id: v.string(),
  /** How often the file is written; three times as old, it is stale. */
  every_ms: Finite,
  version: v.string(),
  tenant: TopicLevel,
  agent: TopicLevel,
  epoch: v.string(),
  pid: Count,
  started_ms: Finite,
  /** Real ms. */
  up_ms: Finite,
  config_revision: v.string(),
  clock: v.object({ trusted: v.boolean() }),
  gateway: v.object({
    url: v.string(),
    connected: v.boolean(),
    /** Real ms for which it has been so. */
    for_ms: Finite,
    trouble: Text,
  }),
  buses: v.array(BusStatus),
  /** Reads since the start, of all devices; earlier versions do not say it. */
  reads: v.optional(
    v.object({
      done: Count,
      /** Left out, because their time had passed or the one before was not done. */
      skipped: Count,
      /** Rows that the devices' counters say were there and were never seen. */
      rows_missed: Count,
    }),
    { done: 0, skipped: 0, rows_missed: 0 },
  ),
  machines: v.array(MachineStatus),
  outbox: v.object({
    waiting: Count,
    /** Telemetry that was evicted before the gateway had it. */
    dropped: Count,
    quarantined: Count,
    bytes: Count,
    max_bytes: Count,
    /** How long the outbox could take up what comes, at the rate since the start, without the gateway; real ms. null while nobody can know. */
    room_ms: Figure,
  }),
});
export type AgentStatus = v.InferOutput<typeof AgentStatus>;
