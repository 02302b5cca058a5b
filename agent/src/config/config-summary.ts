// What a configuration amounts to, in one line for a person and in figures for a program. Pure.
import { counted } from "@millwright/kit/counted";
import { plannedBlocks } from "./planned-blocks.ts";
import type { ReadSource, ResolvedConfig } from "./resolved-config.ts";

export type ConfigSummary = {
  agent: string;
  revision: string;
  machines: number;
  points: number;
  buses: number;
  requests_per_second: number;
};

export function configSummary({ agent, revision, machines, buses }: ResolvedConfig): ConfigSummary {
  const perSecond = machines.flatMap(({ reads }) => reads.map(({ source, everyMs }) => (requestsOf(source) * 1_000) / everyMs));
  return {
    agent,
    revision,
    machines: machines.length,
    points: machines.reduce((sum, { points }) => sum + points.length, 0),
    buses: buses.length,
    requests_per_second: Number(perSecond.reduce((sum, rate) => sum + rate, 0).toPrecision(3)),
  };
}

/** "agent press-hall-1: 2 machines, 18 points, 4 requests a second on 1 bus" */
export function summaryText({ agent, machines, points, buses, requests_per_second }: ConfigSummary): string {
  const requests = counted(requests_per_second, "request");
  return `agent ${agent}: ${counted(machines, "machine")}, ${counted(points, "point")}, ${requests} a second on ${counted(buses, "bus", "buses")}`;
}

const requestsOf = (source: ReadSource): number =>
  source.protocol === "bus-health" ? 0 : source.protocol === "modbus" ? plannedBlocks(source).length : 1;
