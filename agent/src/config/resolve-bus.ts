// One bus of the configuration → host, port and deadlines; and whether all buses have an endpoint of their own.
import type { BusConfig } from "@millwright/contract/agent-config";
import type { ConfigReport } from "./config-report.ts";
import type { ResolvedBus } from "./resolved-config.ts";

/** @returns the buses without a mistake. */
export function resolveBuses(buses: readonly (readonly [string, BusConfig])[], report: ConfigReport): ResolvedBus[] {
  const owners = new Map<string, string>();
  return buses.flatMap(([name, { tcp, timeout, retries }]) => {
    const [host = "", port = ""] = tcp.split(":");
    const path = ["buses", name, "tcp"];
    if (!(Number(port) >= 1 && Number(port) <= 65_535)) {
      report.error(path, `"${tcp}": port ${port} must be from 1 to 65535; Modbus TCP is usually 502.`);
      return [];
    }
    const endpoint = `${host.toLowerCase()}:${Number(port)}`;
    const owner = owners.get(endpoint);
    if (owner !== undefined) {
      report.error(path, `"${tcp}" is bus "${owner}" already. One endpoint is one bus: use "${owner}" in the reads, and remove this one.`);
      return [];
    }
    owners.set(endpoint, name);
    return [{ name, host, port: Number(port), timeoutMs: timeout, retries }];
  });
}
