// A Modbus TCP server for tests that does to each request whatever a test says, and counts its sockets. Register n of every table holds n.
import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";

export type Asked = { transaction: number; unit: number; code: number; address: number; count: number };
/** Answers one request, well or badly. */
export type Behaviour = (asked: Asked, socket: Socket) => void;

export class HostileServer {
  behaviour: Behaviour;
  readonly asked: Asked[] = [];
  readonly sockets = new Set<Socket>();
  /** Most sockets that were open at once. */
  mostSockets = 0;
  readonly #server: Server;

  private constructor(server: Server, behaviour: Behaviour) {
    this.#server = server;
    this.behaviour = behaviour;
    server.on("connection", (socket) => this.#serve(socket));
  }

  static async start(behaviour: Behaviour = answerWell, port = 0): Promise<HostileServer> {
    const server = createServer({ noDelay: true });
    const hostile = new HostileServer(server, behaviour);
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
    return hostile;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, "close");
  }

  #serve(socket: Socket): void {
    this.sockets.add(socket);
    this.mostSockets = Math.max(this.mostSockets, this.sockets.size);
    let rest: Buffer = Buffer.alloc(0);
    socket.on("error", () => {});
    socket.on("close", () => this.sockets.delete(socket));
    socket.on("data", (chunk: Buffer) => {
      rest = Buffer.concat([rest, chunk]);
      for (; rest.length >= 12; rest = rest.subarray(12)) {
        const asked = {
          transaction: rest.readUInt16BE(0),
          unit: rest.readUInt8(6),
          code: rest.readUInt8(7),
          address: rest.readUInt16BE(8),
          count: rest.readUInt16BE(10),
        };
        this.asked.push(asked);
        this.behaviour(asked, socket);
      }
    });
  }
}

/** A correct reply, with anything changed that a test wants wrong. */
export function replyTo(
  { transaction, unit, code, address, count }: Asked,
  wrong: { transaction?: number; protocol?: number; length?: number; unit?: number; code?: number; byteCount?: number } = {},
): Buffer {
  const data = Buffer.alloc(2 * count);
  for (let i = 0; i < count; i++) data.writeUInt16BE((address + i) & 0xffff, 2 * i);
  const frame = Buffer.concat([Buffer.alloc(9), data]);
  frame.writeUInt16BE(wrong.transaction ?? transaction, 0);
  frame.writeUInt16BE(wrong.protocol ?? 0, 2);
  frame.writeUInt16BE(wrong.length ?? 3 + data.length, 4);
  frame.writeUInt8(wrong.unit ?? unit, 6);
  frame.writeUInt8(wrong.code ?? code, 7);
  frame.writeUInt8(wrong.byteCount ?? data.length, 8);
  return frame;
}

export function exceptionTo({ transaction, unit, code }: Asked, exception: number): Buffer {
  return Buffer.from([transaction >> 8, transaction & 0xff, 0, 0, 0, 3, unit, code | 0x80, exception]);
}

export const answerWell: Behaviour = (asked, socket) => void socket.write(replyTo(asked));
