// RTU over TCP, as a serial converter has it: what any socket sends goes onto the line, what the line says goes to every socket. At most `maxSockets`;
// a client that does not read is dropped.
import { createServer, type Socket } from "node:net";
import { listen } from "./listen.ts";
import type { RtuPort, RtuPortListener } from "./rtu-port.ts";

const maxSockets = 8;
const maxUnreadBytes = 65_536;

/** Listens. @param port 0: any free one. @throws Fault port_in_use, port_forbidden or cannot_listen */
export async function openRtuTcpPort(asked: number, { onBytes }: RtuPortListener, host = "127.0.0.1"): Promise<RtuPort> {
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => socket.destroy()); // A client that goes away is no news to a line.
    socket.on("data", (chunk: Buffer) => onBytes(chunk));
  });
  server.maxConnections = maxSockets;
  const port = await listen(server, asked, host);
  const dropAll = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    at: { port },
    write(bytes) {
      for (const socket of sockets) if (socket.writableLength > maxUnreadBytes) socket.destroy();
      for (const socket of sockets) socket.write(bytes);
    },
    cut: dropAll,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        dropAll();
      }),
  };
}
