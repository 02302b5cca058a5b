// Every MQTT topic of Millwright, built and parsed here and nowhere else.
//   millwright/v1/<tenant>/<agent>/up/<lane>       agent → gateway, QoS 1
//   millwright/v1/<tenant>/<agent>/down/<what>     gateway → agent, QoS 1
//   millwright/v1/<tenant>/<agent>/state           retained, with will
// Nothing here needs more than MQTT 3.1.1.
import * as v from "valibot";
import { TopicLevel } from "./names.ts";

export const lanes = ["prediction", "event", "telemetry"] as const;
export type Lane = (typeof lanes)[number];
export const downs = ["receipt", "command", "desired"] as const;
export type Down = (typeof downs)[number];

export type Address = { tenant: string; agent: string };
export type ParsedTopic = Address & ({ kind: "up"; lane: Lane } | { kind: "down"; down: Down } | { kind: "state" });

const root = "millwright/v1";

export const upTopic = (a: Address, lane: Lane): string => `${root}/${a.tenant}/${a.agent}/up/${lane}`;
export const downTopic = (a: Address, down: Down): string => `${root}/${a.tenant}/${a.agent}/down/${down}`;
export const stateTopic = (a: Address): string => `${root}/${a.tenant}/${a.agent}/state`;

/** What a gateway subscribes to. */
export const gatewayFilters = [`${root}/+/+/up/+`, `${root}/+/+/state`] as const;

/** @returns the parts of a topic, or null where it is not one of ours. */
export function parseTopic(topic: string): ParsedTopic | null {
  const parts = topic.split("/");
  if (parts[0] !== "millwright" || parts[1] !== "v1") return null;
  const [, , tenant, agent, channel, leaf] = parts;
  if (!v.is(TopicLevel, tenant) || !v.is(TopicLevel, agent)) return null;
  if (channel === "state" && parts.length === 5) return { tenant, agent, kind: "state" };
  if (parts.length !== 6) return null;
  const lane = lanes.find((name) => name === leaf);
  if (channel === "up" && lane !== undefined) return { tenant, agent, kind: "up", lane };
  const down = downs.find((name) => name === leaf);
  if (channel === "down" && down !== undefined) return { tenant, agent, kind: "down", down };
  return null;
}
