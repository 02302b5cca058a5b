// The health of a bus, read like a device: a rising share of CRC errors is an ageing cable. In: what the bus counts. Out: its figures over the
// time since the read before; the first read tells of the time since the reader was made.
import type { BusFigure } from "@millwright/contract/bus-health-template";
import type { QualityReason } from "@millwright/contract/telemetry";
import type { Clock } from "@millwright/kit/clock";
import type { BusHealth } from "./bus.ts";
import type { DeviceReading, Reader } from "./reader.ts";
import { roundTripMs } from "./round-trips.ts";

export type BusHealthReaderOptions = {
  /** One for each point, in the order of the points. */
  readonly figures: readonly BusFigure[];
  readonly health: () => BusHealth;
  readonly clock: Pick<Clock, "monotonicMs">;
};

type Span = { readonly from: BusHealth; readonly to: BusHealth; readonly machineMs: number };

export function busHealthReader({ figures, health, clock }: BusHealthReaderOptions): Reader {
  let from = health();
  let fromMs = clock.monotonicMs();
  return {
    read(): Promise<DeviceReading> {
      const [to, atMonotonicMs] = [health(), clock.monotonicMs()];
      const span = { from, to, machineMs: atMonotonicMs - fromMs };
      const shown = Float64Array.from(figures, (figure) => figureOf[figure](span) ?? Number.NaN);
      const reasons = Array.from(shown, (value) => (Number.isNaN(value) ? whyNone(span) : null));
      [from, fromMs] = [to, atMonotonicMs];
      return Promise.resolve({ atMonotonicMs, shown, reasons });
    },
  };
}

// null: there is no figure for a span in which nothing was asked, or nothing was answered.
const figureOf: Record<BusFigure, (span: Span) => number | null> = {
  requests_per_s: (span) => (span.machineMs > 0 ? (1_000 * grown(span, "requests")) / span.machineMs : null),
  timeout_share: (span) => share(span, "timeouts"),
  crc_error_share: (span) => share(span, "crcErrors"),
  late_rejected_share: (span) => share(span, "lateRejected"),
  malformed_share: (span) => share(span, "malformed"),
  exception_share: (span) => share(span, "exceptions"),
  round_trip_p50_ms: ({ from, to }) => roundTripMs(to.roundTrips, 0.5, from.roundTrips),
  round_trip_p99_ms: ({ from, to }) => roundTripMs(to.roundTrips, 0.99, from.roundTrips),
  // The first connection is none again.
  reconnects: ({ from, to }) => Math.max(0, to.connects - Math.max(1, from.connects)),
};

type Counter = "requests" | "timeouts" | "crcErrors" | "lateRejected" | "malformed" | "exceptions";

const grown = ({ from, to }: Span, counter: Counter): number => to[counter] - from[counter];

// What a request brings may be counted in the span after it (a late reply): a share is never more than all.
function share(span: Span, counter: Counter): number | null {
  const requests = grown(span, "requests");
  return requests === 0 ? null : Math.min(1, grown(span, counter) / requests);
}

function whyNone(span: Span): QualityReason {
  if (!span.to.isConnected) return "connection";
  return grown(span, "requests") > 0 ? "timeout" : "stale";
}
