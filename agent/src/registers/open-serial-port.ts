// A serial port, opened with its settings, as a stream of bytes; or why it cannot be opened.
import type { EventEmitter } from "node:events";
import type { Duplex } from "node:stream";
import { SerialPort } from "serialport";
import { agentFault } from "../faults.ts";

export type SerialSettings = {
  readonly path: string;
  readonly baud: number;
  readonly dataBits: 7 | 8;
  readonly parity: "none" | "even" | "odd";
  readonly stopBits: 1 | 2;
};

/** For us alone (TIOCEXCL). The stream closes when the adapter is pulled. @throws Fault bus_unreachable; nothing is left open then. */
export function openSerialPort({ path, baud, dataBits, parity, stopBits }: SerialSettings, signal: AbortSignal): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    const port = new SerialPort({ path, baudRate: baud, dataBits, parity, stopBits, lock: true, autoOpen: false });
    port.open((error) => {
      if (error !== null) reject(agentFault("bus_unreachable", `${path}: ${error.message}${hintOf(error)}`));
      else if (signal.aborted) port.close(() => reject(agentFault("bus_unreachable", `${path}: the agent is stopping`)));
      else {
        wakeOnData(port);
        resolve(port);
      }
    });
  });
}

// serialport 13 announces data from native code without letting promises run, and itself waits for one: on an idle event loop the bytes would lie
// there until something else happens (measured on Node 26: 100 ms and more). An immediate is something else.
function wakeOnData({ port }: SerialPort): void {
  const { poller } = port as unknown as { poller?: EventEmitter };
  poller?.on("readable", () => setImmediate(() => {}));
}

const hintOf = ({ message }: Error): string =>
  /permission denied/i.test(message) ? "; the agent's user must be in the group dialout" : "";
