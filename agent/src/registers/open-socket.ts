// A connected TCP socket, or a named failure with nothing left open. Received bytes go to `onBytes` straight from one small buffer of the
// socket's own, so that receiving allocates nothing.
import { connect, type Socket } from "node:net";
import { agentFault } from "../faults.ts";

export type SocketOptions = {
  readonly host: string;
  readonly port: number;
  /** Real ms. */
  readonly connectTimeoutMs: number;
  readonly signal: AbortSignal;
  /** The bytes [0, end) of `buffer`; they are overwritten once it returns. */
  readonly onBytes: (buffer: Buffer, end: number) => void;
};

const receiveBytes = 4_096;

/** @throws Fault bus_unreachable */
export function openSocket({ host, port, connectTimeoutMs, signal, onBytes }: SocketOptions): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const buffer = Buffer.allocUnsafeSlow(receiveBytes);
    const callback = (end: number): boolean => {
      onBytes(buffer, end);
      return true;
    };
    const socket = connect({ host, port, noDelay: true, keepAlive: true, keepAliveInitialDelay: 10_000, onread: { buffer, callback } });
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
