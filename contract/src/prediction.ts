// A prediction: what the agent concludes about one machine, with its evidence and its lineage. Where it has no figure it says so.
import * as v from "valibot";
import { Diagnosis } from "./diagnosis.ts";
import { FailureMode } from "./failure-modes.ts";
import { FailureProbability, RemainingLife } from "./forecast.ts";
import { Count, Finite, MachineRef, PointName, Sha256, ZoneLetter } from "./names.ts";
import { recordEntries } from "./record.ts";
import { UnavailableReason } from "./unavailable-reason.ts";

export const levels = ["normal", "watch", "warning", "critical"] as const;
export const Level = v.picklist(levels);
export type Level = v.InferOutput<typeof Level>;

const Unavailable = v.strictObject({ status: v.literal("unavailable"), reason: UnavailableReason });

/** Score in units of the watch limit: 1 = the limit of *watch*. */
export const Score = v.variant("status", [v.strictObject({ status: v.literal("available"), value: Finite }), Unavailable]);
export type Score = v.InferOutput<typeof Score>;

/** One signal of the evidence: what it was in the baseline, what it is now, its share of the score (0…1). */
export const Signal = v.strictObject({
  point: PointName,
  unit: v.string(),
  baseline: v.nullable(Finite),
  now: v.nullable(Finite),
  contribution: v.pipe(Finite, v.minValue(0), v.maxValue(1)),
  /** Where a vibration standard holds for the point: the zone `now` falls into. */
  zone: v.optional(
    v.strictObject({
      letter: ZoneLetter,
      /** E.g. "ISO 20816-3, group 2, rigid". */
      standard: v.pipe(v.string(), v.maxLength(100)),
      velocity_mm_s: Finite,
    }),
  ),
});
export type Signal = v.InferOutput<typeof Signal>;

/**
 * Which layer spoke: limits of a template or configuration, zones of a vibration standard, the wear of a bearing by its own vibration, the novelty
 * of a single register, or the machine's own baseline.
 */
export const Layer = v.picklist(["limits", "zones", "wear", "novelty", "baseline"]);
export type Layer = v.InferOutput<typeof Layer>;

/** Everything needed to say later which model, settings and learning made this figure. */
export const Lineage = v.strictObject({
  model_id: v.nullable(v.string()),
  model_hash: v.nullable(Sha256),
  feature_schema_hash: v.nullable(Sha256),
  config_revision: v.string(),
  baseline_generation: v.nullable(Count),
  threshold_revision: v.nullable(Count),
});
export type Lineage = v.InferOutput<typeof Lineage>;

export const Prediction = v.strictObject({
  ...recordEntries,
  kind: v.literal("prediction"),
  machine: MachineRef,
  failure_mode: FailureMode,
  level: Level,
  layer: Layer,
  /**
   * The episode this belongs to; unique within (tenant, machine). null while there is nothing to act on: the machine is normal, or a
   * technician has answered what it still shows. A ticket needs an episode.
   */
  episode: v.nullable(v.pipe(v.string(), v.regex(/^[0-9a-f]{16}-\d{1,9}$/))),
  score: Score,
  p_fail: FailureProbability,
  remaining_life: RemainingLife,
  signals: v.pipe(v.array(Signal), v.maxLength(8)),
  /** Absent where there is nothing to diagnose with, and from older agents. */
  diagnosis: v.optional(Diagnosis),
  /** Points that count as good in this row, 0…1. */
  good_share: v.pipe(Finite, v.minValue(0), v.maxValue(1)),
  lineage: Lineage,
});
export type Prediction = v.InferOutput<typeof Prediction>;
