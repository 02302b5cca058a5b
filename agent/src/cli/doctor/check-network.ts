// Whether the devices on the network can be reached: one connection to each endpoint, closed at once; an HTTP device is asked for its first page.
import { connect } from "node:net";
import type { AgentStatus } from "../../agent-status.ts";
import { busAddress } from "../../config/bus-address.ts";
import type { ResolvedBus } from "../../config/resolved-config.ts";
import { faultTable } from "../../faults.ts";
import { troubleText } from "../devices/device-failure.ts";
import { type Finding, fail, ok } from "./finding.ts";

const connectMs = 3_000;

/** Where the running agent is connected already, its word is taken: many devices take one connection only. */
export function checkNetwork(buses: readonly ResolvedBus[], running: AgentStatus | null): Promise<Finding[]> {
  const remote = buses.filter((bus) => !("line" in bus));
  return Promise.all(remote.map((bus) => checkBus(bus, running)));
}

async function checkBus(bus: ResolvedBus, running: AgentStatus | null): Promise<Finding> {
  const check = `bus ${bus.name}`;
  const address = busAddress(bus);
  const isHeld = running?.buses.some((its) => its.name === bus.name && its.connected && its.address === address) === true;
  if (isHeld) return ok(check, `${address}, the running agent is connected`);
  const startMs = performance.now();
  try {
    if (bus.kind === "http-json") await fetch(bus.url, { redirect: "manual", signal: AbortSignal.timeout(connectMs) });
    else if ("host" in bus) await connectOnce(bus.host, bus.port);
    return ok(check, `${address} answers after ${Math.round(performance.now() - startMs)} ms`);
  } catch (error) {
    return fail(check, `${address}: ${troubleText(reasonOf(error))}`, faultTable.bus_unreachable.next);
  }
}

/** Connects, and closes at once. @throws the system's error, or that it took too long. */
export function connectOnce(host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, timeout: connectMs });
    const end = (settle: () => void): void => {
      socket.destroy();
      settle();
    };
    socket.once("connect", () => end(resolve));
    socket.once("error", (error) => end(() => reject(error)));
    socket.once("timeout", () => end(() => reject(new Error(`no connection within ${connectMs / 1_000} s`))));
  });
}

/** fetch hides the system's error in its cause. */
export function reasonOf(error: unknown): string {
  const { message, cause, name, code } = error as Error & { cause?: unknown; code?: string };
  if (name === "TimeoutError") return `no answer within ${connectMs / 1_000} s`;
  if (cause instanceof Error) return reasonOf(cause);
  return message || code || "refused";
}
