import * as v from "valibot";

/** Why a figure is missing. */
export const UnavailableReason = v.picklist([
  "learning",
  "warming_up",
  "model_refused",
  "model_failed",
  "too_few_good_points",
  "no_prognosis_model",
  "not_running",
  /** It runs, but in none of its states. */
  "no_state",
  /** Of a forecast alone: what it runs at is not among the operating conditions that were learned … */
  "unknown_condition",
  /** … a signal that it needs gives no good value … */
  "missing_signals",
  /** … the health index does not rise towards its limit … */
  "no_trend",
  /** … or has reached it: there is nothing left to forecast. */
  "limit_reached",
]);
export type UnavailableReason = v.InferOutput<typeof UnavailableReason>;
