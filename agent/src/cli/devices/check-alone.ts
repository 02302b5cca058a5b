// Only one program may talk on a line: before a tool opens buses, whether the agent or another program has them.

import { busAddress } from "../../config/bus-address.ts";
import type { ResolvedBus } from "../../config/resolved-config.ts";
import { agentFault } from "../../faults.ts";
import { readStatusFile, statusFileOf } from "../../status-file.ts";
import type { Devices } from "./device-options.ts";
import { portHolders } from "./port-holders.ts";

/** Says on stderr where the agent reads the same endpoint. @throws Fault bus_in_use where a line is taken. */
export function checkAlone({ buses, dataDir }: Devices): void {
  for (const bus of buses) if ("line" in bus) checkLine(bus, bus.line.path);
  const found = dataDir === null ? null : readStatusFile(statusFileOf(dataDir));
  if (found?.kind !== "found" || found.life.state !== "running") return;
  const shared = buses.filter((bus) => found.status.buses.some(({ address, connected }) => connected && address === busAddress(bus)));
  if (shared.length === 0) return;
  const names = shared.map(({ name }) => name).join(", ");
  process.stderr.write(
    `Note: the agent ${found.status.agent} (process ${found.status.pid}) reads ${names} as well. Many devices take only few connections; where this one fails, stop the agent first.\n`,
  );
}

function checkLine({ name }: ResolvedBus, path: string): void {
  const [holder] = portHolders(path);
  if (holder !== undefined)
    throw agentFault(
      "bus_in_use",
      `bus ${name}: ${path} is held by ${holder.name} (process ${holder.pid}), and only one program may talk on a line. Stop it first; what the agent reads shows: millwright-agent status`,
    );
}
