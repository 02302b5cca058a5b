// costs.yaml of `millwright-models assess`: what a failure, a planned repair and a false alarm cost.
import * as v from "valibot";

const Amount = v.pipe(v.number(), v.finite(), v.minValue(0, "must not be negative"));
const Hours = Amount;
const Repair = v.strictObject({ hours: Hours, cost: Amount });

export const AssessmentCosts = v.strictObject({
  currency: v.optional(v.string(), ""),
  /** Lost production and whatever else an hour of standing still costs. */
  downtime_cost_per_hour: Amount,
  planned_repair: Repair,
  unplanned_repair: Repair,
  /** Somebody goes and finds nothing. */
  false_alarm_cost: Amount,
  /** A warning that comes later helps nobody. */
  needed_lead_hours: v.optional(Hours, 8),
  /** A ticket so long before a failure is about something else. */
  longest_lead_hours: v.optional(v.pipe(v.number(), v.finite(), v.gtValue(0)), 720),
});
export type AssessmentCosts = v.InferOutput<typeof AssessmentCosts>;
