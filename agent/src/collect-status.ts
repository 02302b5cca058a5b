// The parts of a running agent → what it says of itself. Nothing here waits but the outbox's own figures.
import type { Clock } from "@millwright/kit/clock";
import packageJson from "../package.json" with { type: "json" };
import type { Acquisition, AcquisitionHealth } from "./acquisition.ts";
import type { AgentStatus, BusStatus, MachineStatus } from "./agent-status.ts";
import { busAddress } from "./config/bus-address.ts";
import { type ResolvedBus, type ResolvedConfig, type ResolvedMachine, unitOf } from "./config/resolved-config.ts";
import type { Outbox, OutboxCounts } from "./outbox/outbox.ts";
import type { Pipeline } from "./pipeline-options.ts";
import type { BusHealth } from "./registers/bus.ts";

/** Whether the gateway's broker is there, since when (monotonic real ms), and what was wrong last. */
export type GatewayLine = { isConnected: boolean; sinceMs: number; trouble: string | null };

export type StatusParts = {
  readonly config: ResolvedConfig;
  readonly clock: Clock;
  readonly outbox: Outbox;
  readonly pipelines: readonly Pipeline[];
  readonly acquisition: Pick<Acquisition, "health">;
  readonly gateway: GatewayLine;
  /** The last trouble of a bus, by its name. */
  readonly busTrouble: ReadonlyMap<string, string>;
  readonly startedMonotonicMs: number;
  /** The box's own time, whatever machine time does. */
  readonly realTime: Pick<Clock, "monotonicMs" | "wallMs">;
};

/** Before this many real ms nobody can say how fast the outbox fills. */
const rateAfterMs = 30_000;
/** What a record takes on the disk for each byte of its body: an estimate. */
const diskBytesPerByte = 1.15;

export async function collectStatus(parts: StatusParts): Promise<Omit<AgentStatus, "state" | "every_ms">> {
  const { config, clock, outbox, pipelines, acquisition, gateway, realTime } = parts;
  const counts = await outbox.counts();
  const nowMs = realTime.monotonicMs();
  const upMs = nowMs - parts.startedMonotonicMs;
  const health = acquisition.health();
  return {
    schema: "millwright/agent-status/1",
    written_ms: realTime.wallMs(),
    written_monotonic_ms: nowMs,
    boot_id: clock.bootId,
    version: packageJson.version,
    tenant: config.tenant,
    agent: config.agent,
    epoch: outbox.epoch,
    pid: process.pid,
    started_ms: realTime.wallMs() - upMs,
    up_ms: upMs,
    config_revision: config.revision,
    clock: { trusted: clock.isTrusted() },
    gateway: {
      url: config.gateway.url,
      connected: gateway.isConnected,
      for_ms: nowMs - gateway.sinceMs,
      trouble: gateway.isConnected ? null : gateway.trouble,
    },
    buses: buses(parts, health),
    reads: { ...health.cycles, rows_missed: health.missedRows },
    machines: config.machines.map((machine, index) => machineStatus(machine, pipelines[index], clock.monotonicMs())),
    outbox: outboxStatus(counts, config.buffer.maxBytes, upMs),
  };
}

function buses({ config, busTrouble }: StatusParts, { buses }: AcquisitionHealth): BusStatus[] {
  const units = unitsOfBuses(config.machines);
  return config.buses.flatMap((bus) => {
    const health = buses[bus.name];
    return health === undefined ? [] : [busStatus(bus, health, units.get(bus.name) ?? 0, busTrouble.get(bus.name) ?? null)];
  });
}

/** How many units the machines are read from, by the bus they are on. */
export function unitsOfBuses(machines: readonly ResolvedMachine[]): ReadonlyMap<string, number> {
  const reads = machines.flatMap(({ reads }) => reads);
  const units = Map.groupBy(
    reads.filter((read) => unitOf(read) !== null),
    ({ bus }) => bus,
  );
  return new Map([...units].map(([bus, its]) => [bus, new Set(its.map(unitOf)).size]));
}

/** `trouble`: what is wrong with its connection, where something is. */
export function busStatus(bus: ResolvedBus, health: BusHealth, units: number, trouble: string | null): BusStatus {
  return {
    name: bus.name,
    kind: bus.kind,
    address: busAddress(bus),
    connected: health.isConnected,
    trouble: health.isConnected ? null : trouble,
    units,
    units_down: [...health.unitsDown],
    requests: health.requests,
    good: health.good,
    timeouts: health.timeouts,
    exceptions: health.exceptions,
    late_rejected: health.lateRejected,
    malformed: health.malformed,
    crc_errors: health.crcErrors,
    connects: health.connects,
    refused: health.refused,
    waiting: health.waiting,
    round_trip_p99_ms: health.roundTripMs.p99,
  };
}

function machineStatus(machine: ResolvedMachine, pipeline: Pipeline | undefined, nowMs: number): MachineStatus {
  const latest = pipeline?.latest ?? null;
  return {
    machine: { site: machine.site, name: machine.name },
    class: machine.class,
    every_ms: machine.everyMs,
    buses: [...new Set(machine.reads.map(({ bus }) => bus))],
    ...(pipeline?.status ?? { phase: "unavailable", readiness: 0, missing: null }),
    state: pipeline?.state ?? null,
    generation: pipeline?.generation ?? 0,
    refusal: pipeline?.refusal ?? null,
    level: latest?.level ?? null,
    score: typeof latest?.score === "number" ? latest.score : null,
    unscored: typeof latest?.score === "string" ? latest.score : null,
    last_row_age_ms: latest === null ? null : Math.max(0, nowMs - latest.atMonotonicMs),
    rows: pipeline?.rows ?? 0,
    layers: (pipeline?.layers.status ?? []).map((layer) => ({ ...layer, points: [...layer.points] })),
    report: reportOf(pipeline),
  };
}

function reportOf(pipeline: Pipeline | undefined): MachineStatus["report"] {
  const report = pipeline?.report ?? null;
  return report === null ? null : { at_ms: report.atMs, text: report.text, causes: [...report.causes] };
}

// What waits now is counted at the average size of the records taken since the start.
function outboxStatus(
  { waiting, dropped, quarantined, bytes, taken }: OutboxCounts,
  maxBytes: number,
  upMs: number,
): AgentStatus["outbox"] {
  const records = Object.values(waiting).reduce((sum, n) => sum + n, 0);
  const isKnown = taken.bytes > 0 && upMs >= rateAfterMs;
  const bytesPerMs = (taken.bytes * diskBytesPerByte) / upMs;
  const waitingBytes = records * (taken.bytes / Math.max(1, taken.records)) * diskBytesPerByte;
  const roomMs = isKnown ? Math.max(0, (maxBytes - waitingBytes) / bytesPerMs) : null;
  return { waiting: records, dropped, quarantined, bytes, max_bytes: maxBytes, room_ms: roomMs };
}
