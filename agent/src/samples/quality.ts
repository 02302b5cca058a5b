// What a reason does to a value. Pure.
import type { QualityReason } from "@millwright/contract/telemetry";

export type Quality = "good" | "uncertain" | "bad";

/** A late value is old but true, an unsynchronised clock does not change what was measured: uncertain, and usable. All else is bad. */
export function qualityOf(reason: QualityReason | null): Quality {
  if (reason === null) return "good";
  return reason === "late" || reason === "clock" ? "uncertain" : "bad";
}
