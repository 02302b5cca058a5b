// One TCP connection to a device: no Nagle delay, kept alive, opened within a time limit.
import { connect, type Socket } from "node:net";
import { agentFault } from "../faults.ts";

export type Endpoint = { readonly host: string; readonly port: number /** Real ms. */; readonly connectTimeoutMs: number };

/** @throws Fault bus_unreachable; no socket is left then. */
export function openSocket({ host, port, connectTimeoutMs, signal }: Endpoint & { signal: AbortSignal }): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, noDelay: true, keepAlive: true, keepAliveInitialDelay: 10_000 });
    const fail = (why: string): void => {
      stop();
      socket.on("error", () => {});
      socket.destroy();
      reject(agentFault("bus_unreachable", `${host}:${port}: ${why}`));
    };
    const timer = setTimeout(() => fail(`no connection within ${connectTimeoutMs} ms`), connectTimeoutMs);
    const onAbort = (): void => fail("the agent is stopping");
    const onError = (error: Error): void => fail(error.message || (error as NodeJS.ErrnoException).code || "refused");
    const stop = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", onAbort);
      socket.removeListener("error", onError);
    };
    signal.addEventListener("abort", onAbort);
    socket.once("error", onError);
    socket.once("connect", () => {
      stop();
      resolve(socket);
    });
    if (signal.aborted) onAbort();
  });
}
