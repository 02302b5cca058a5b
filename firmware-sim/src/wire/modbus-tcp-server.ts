// A Modbus TCP server: many units on one port. In: sockets. Out: replies in the order of the requests of each socket.
// Promises: at most `maxConnections` sockets; at most one frame of unparsed bytes kept per socket; a client that does not read is not read from;
// bytes that are not Modbus TCP close the socket.
import { createServer, type Server, type Socket } from "node:net";
import { simFault } from "../faults.ts";
import { answerRequest } from "./answer-request.ts";
import { frameBytes, takeFrame } from "./mbap.ts";
import type { WireDevice } from "./wire-device.ts";
import { noFaults, type WireFaults } from "./wire-faults.ts";

export type ModbusTcpServer = {
  readonly port: number;
  /** Stops listening and closes every socket. */
  close(): Promise<void>;
};

export type ModbusTcpServerOptions = {
  devices: readonly WireDevice[];
  /** 0: any free port. */
  port: number;
  host?: string;
  faults?: WireFaults;
  maxConnections?: number;
};

/** Listens. @throws Fault port_in_use, port_forbidden or cannot_listen */
export async function startModbusTcpServer({
  devices,
  port,
  host = "127.0.0.1",
  faults = noFaults,
  maxConnections = 256,
}: ModbusTcpServerOptions): Promise<ModbusTcpServer> {
  const units = new Map(devices.map((device) => [device.unit, device]));
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    serve(socket, units, faults);
  });
  server.maxConnections = maxConnections;
  await listen(server, port, host);
  const address = server.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

function serve(socket: Socket, units: ReadonlyMap<number, WireDevice>, faults: WireFaults): void {
  let received: Buffer = Buffer.alloc(0);
  socket.on("error", () => socket.destroy()); // A client that goes away is no news to a device.
  socket.on("drain", () => socket.resume());
  socket.on("data", (data) => {
    const chunk = typeof data === "string" ? Buffer.from(data, "latin1") : data;
    received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
    for (;;) {
      const step = takeFrame(received);
      if (step.kind === "malformed") return void socket.destroy();
      if (step.kind === "incomplete") return;
      received = step.rest;
      const { transaction, unit, pdu } = step.frame;
      if (faults.fateOf({ unit }) === "drop") continue;
      const reply = answerRequest(pdu, units.get(unit) ?? null);
      if (reply !== "silent" && !socket.write(frameBytes({ transaction, unit, pdu: reply }))) socket.pause();
    }
  });
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EADDRINUSE")
        reject(simFault("port_in_use", `port ${port} is in use; stop the other program or give --port`, error));
      else if (error.code === "EACCES")
        reject(simFault("port_forbidden", `port ${port} needs more rights (below 1024); give --port 1502`, error));
      else reject(simFault("cannot_listen", `cannot listen on ${host}:${port}: ${error.message}`, error));
    });
    server.listen(port, host, resolve);
  });
}
