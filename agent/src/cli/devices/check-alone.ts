// Only one program may talk on a line: before a tool opens buses, whether the agent or another program has them.
import { busAddress } from "../../config/bus-address.ts";
import type { ResolvedBus } from "../../config/resolved-config.ts";
import { agentFault } from "../../faults.ts";
import { readStatusFile, statusFileOf } from "../../status-file.ts";
import type { Devices } from "./device-options.ts";
import { portHolders } from "./port-holders.ts";

type Holder = { readonly name: string; readonly pid: number };

/** Says on stderr where the agent reads the same network address. @throws Fault bus_in_use where a line is taken. */
export function checkAlone({ buses, dataDir }: Devices): void {
  const agent = runningAgent(dataDir);
  const shared = agent === null ? [] : buses.filter((bus) => agent.addresses.includes(busAddress(bus)));
  for (const bus of buses) if ("line" in bus || bus.kind === "rtu-over-tcp") refuseTaken(bus, shared.includes(bus) ? agent : null);
  if (agent === null || shared.length === 0) return;
  const names = shared.map(busAddress).join(", ");
  process.stderr.write(
    `Note: ${agent.name} (process ${agent.pid}) reads ${names} as well. Many devices take only few connections; where this one fails, stop the agent first.\n`,
  );
}

// A converter that passes RTU frames on is a line, too: it takes both programs, and their requests meet on it.
function refuseTaken(bus: ResolvedBus, agent: Holder | null): void {
  const holder = agent ?? ("line" in bus ? portHolders(bus.line.path)[0] : undefined);
  if (holder === undefined) return;
  throw agentFault(
    "bus_in_use",
    `bus ${bus.name}: ${busAddress(bus)} is held by ${holder.name} (process ${holder.pid}), and only one program may talk on a line. Stop it first; what the agent reads shows: millwright-agent status`,
  );
}

function runningAgent(dataDir: string | null): (Holder & { readonly addresses: readonly string[] }) | null {
  const found = dataDir === null ? null : readStatusFile(statusFileOf(dataDir));
  if (found?.kind !== "found" || found.life.state !== "running") return null;
  const { agent, pid, buses } = found.status;
  return { name: `the agent ${agent}`, pid, addresses: buses.filter(({ connected }) => connected).map(({ address }) => address) };
}
