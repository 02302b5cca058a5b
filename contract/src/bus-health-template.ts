// The health of a bus as points like any other: a rising share of CRC errors is an ageing cable, and a model may see it.
import * as v from "valibot";
import { PointName } from "./names.ts";
import { pointEntries, templateEntries } from "./template-point.ts";

/** Over the time since the read before. Shares are of the requests sent, 0…1; round trips in ms. */
export const BusFigure = v.picklist([
  "requests_per_s",
  "timeout_share",
  "crc_error_share",
  "late_rejected_share",
  "malformed_share",
  "exception_share",
  "round_trip_p50_ms",
  "round_trip_p99_ms",
  "reconnects",
]);
export type BusFigure = v.InferOutput<typeof BusFigure>;

export const BusHealthPoint = v.strictObject({ figure: BusFigure, ...pointEntries });

export const BusHealthTemplate = v.strictObject({
  ...templateEntries,
  protocol: v.literal("bus-health"),
  points: v.pipe(
    v.record(PointName, BusHealthPoint),
    v.check((points) => Object.keys(points).length > 0, "needs at least one point"),
  ),
});
export type BusHealthTemplate = v.InferOutput<typeof BusHealthTemplate>;
