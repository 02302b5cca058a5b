// Why a value is not good, in the two or three words that fit into a table.
import type { QualityReason } from "@millwright/contract/telemetry";

export const qualityWords: Readonly<Record<QualityReason, string>> = {
  timeout: "no answer",
  connection: "no connection",
  exception: "refused",
  sentinel: "no value",
  out_of_range: "out of range",
  rate: "changed too fast",
  flat_line: "stuck",
  stale: "stale",
  late: "torn row",
  clock: "wrong clock",
  malformed: "malformed",
};
