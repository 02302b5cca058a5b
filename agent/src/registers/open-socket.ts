// One TCP connection to a device: no Nagle delay, kept alive, opened within a time limit; or a named failure with nothing left open.
import { connect, type OnReadOpts, type Socket } from "node:net";
import { agentFault } from "../faults.ts";

export type Endpoint = { readonly host: string; readonly port: number /** Real ms. */; readonly connectTimeoutMs: number };

export type SocketOptions = Endpoint & {
  readonly signal: AbortSignal;
  /**
   * Where it is given, received bytes come here, [0, end) of one small buffer of the socket's own, so that receiving allocates nothing;
   * they are overwritten once it returns. Without it they come as `data` events.
   */
  readonly onBytes?: (buffer: Buffer, end: number) => void;
};

const receiveBytes = 4_096;

/** @throws Fault bus_unreachable; no socket is left then. */
export function openSocket({ host, port, connectTimeoutMs, signal, onBytes }: SocketOptions): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, noDelay: true, keepAlive: true, keepAliveInitialDelay: 10_000, ...receiving(onBytes) });
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

function receiving(onBytes: SocketOptions["onBytes"]): { onread?: OnReadOpts } {
  if (onBytes === undefined) return {};
  const buffer = Buffer.allocUnsafeSlow(receiveBytes);
  const callback = (end: number): boolean => {
    onBytes(buffer, end);
    return true;
  };
  return { onread: { buffer, callback } };
}
