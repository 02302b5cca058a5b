// The agent's retained state: who it is, what its machines' models are doing, how full the outbox is.
import type { BusState, StateMessage } from "@millwright/contract/up-message";
import type { Clock } from "@millwright/kit/clock";
import packageJson from "../package.json" with { type: "json" };
import type { ResolvedConfig } from "./config/resolved-config.ts";
import type { OutboxCounts } from "./outbox/outbox.ts";
import type { Pipeline } from "./pipeline-options.ts";
import type { BusHealth } from "./registers/bus.ts";

export type OnlineState = Extract<StateMessage, { status: "online" }>;

/** `pipelines` in the order of the configuration's machines. */
export function stateMessage(parts: {
  config: ResolvedConfig;
  clock: Clock;
  epoch: string;
  pipelines: readonly Pipeline[];
  counts: OutboxCounts;
  /** By name; empty before reading has begun. */
  buses: Readonly<Record<string, BusHealth>>;
}): OnlineState {
  const { config, clock, epoch, pipelines, counts, buses } = parts;
  return {
    schema: "millwright/state/1",
    tenant: config.tenant,
    agent: config.agent,
    status: "online",
    epoch,
    version: packageJson.version,
    config_revision: config.revision,
    wall_ms: clock.wallMs(),
    machines: config.machines.map((machine, index) => ({
      machine: { site: machine.site, name: machine.name },
      class: machine.class,
      ...statusOf(pipelines[index]),
      points: machine.points.filter(({ role }) => role !== "update_counter").map(({ name, unit }) => ({ name, unit })),
      ...layersOf(pipelines[index]),
      ...forecastOf(pipelines[index]),
    })),
    outbox: { waiting: Object.values(counts.waiting).reduce((sum, records) => sum + records, 0), dropped: counts.dropped },
    buses: Object.entries(buses).map(busState),
  };
}

type MachineOfState = OnlineState["machines"][number];

function statusOf(pipeline: Pipeline | undefined): Pick<MachineOfState, "phase" | "readiness" | "missing"> {
  const { phase, readiness, missing } = pipeline?.status ?? { phase: "unavailable", readiness: 0, missing: null };
  return { phase, readiness, missing };
}

function layersOf(pipeline: Pipeline | undefined): Pick<MachineOfState, "layers"> {
  const layers = pipeline?.layers.status ?? [];
  if (layers.length === 0) return {};
  return { layers: layers.map(({ layer, points, readiness, missing }) => ({ layer, points: [...points], readiness, missing })) };
}

const forecastOf = (pipeline: Pipeline | undefined): Pick<MachineOfState, "forecast"> =>
  pipeline === undefined || pipeline.forecast === null ? {} : { forecast: pipeline.forecast };

function busState([name, health]: [string, BusHealth]): BusState {
  const { isConnected, requests, good, timeouts, crcErrors, lateRejected, malformed, exceptions, roundTripMs, unitsDown } = health;
  return {
    name,
    connected: isConnected,
    requests,
    good,
    timeouts,
    crc_errors: crcErrors,
    late_rejected: lateRejected,
    malformed,
    exceptions,
    round_trip_p99_ms: roundTripMs.p99,
    units_down: unitsDown.slice(0, 1_000),
  };
}
