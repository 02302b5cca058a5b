// A Modbus TCP server: many units on one port. In: sockets. Out: replies in the order of the requests of each socket.
// Promises: at most `maxConnections` sockets; at most one frame of unparsed bytes kept per socket; a client that does not read is not read from;
// bytes that are not Modbus TCP close the socket.
import { createServer, type Socket } from "node:net";
import { performance } from "node:perf_hooks";
import { answerRequest } from "./answer-request.ts";
import { listen } from "./listen.ts";
import { takeFrame } from "./mbap.ts";
import { createReplyQueue } from "./reply-queue.ts";
import { tcpReplyBytes } from "./tcp-reply.ts";
import type { WireDevice } from "./wire-device.ts";
import { goodFate } from "./wire-faults.ts";

export type ModbusTcpServer = {
  readonly port: number;
  /** Drops every connection. */
  cut(): void;
  /** Stops listening and closes every socket. */
  close(): Promise<void>;
};

export type ModbusTcpServerOptions = {
  devices: readonly WireDevice[];
  /** 0: any free port. */
  port: number;
  host?: string;
  maxConnections?: number;
};

/** Listens. @throws Fault port_in_use, port_forbidden or cannot_listen */
export async function startModbusTcpServer({
  devices,
  port,
  host = "127.0.0.1",
  maxConnections = 256,
}: ModbusTcpServerOptions): Promise<ModbusTcpServer> {
  const units = new Map(devices.map((device) => [device.unit, device]));
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    serve(socket, units);
  });
  server.maxConnections = maxConnections;
  const cut = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    port: await listen(server, port, host),
    cut,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        cut();
      }),
  };
}

function serve(socket: Socket, units: ReadonlyMap<number, WireDevice>): void {
  let received: Buffer = Buffer.alloc(0);
  const replies = createReplyQueue(socket);
  socket.on("error", () => socket.destroy()); // A client that goes away is no news to a device.
  socket.on("data", (chunk: Buffer) => {
    received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
    for (;;) {
      const step = takeFrame(received);
      if (step.kind === "malformed") return void socket.destroy();
      if (step.kind === "incomplete") return;
      received = step.rest;
      const device = units.get(step.frame.unit) ?? null;
      const fate = device?.faults?.next(performance.now()) ?? goodFate;
      if (fate.strikes.has("disconnect")) return void socket.destroy();
      if (fate.strikes.has("drop")) continue;
      const pdu = answerRequest(step.frame.pdu, device, fate);
      if (pdu !== "silent") replies.push(tcpReplyBytes(step.frame, pdu, fate), fate.lateMs);
    }
  });
}
