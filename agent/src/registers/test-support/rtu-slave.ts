// An RTU slave for tests: it does to each request whatever a test says. It listens on TCP, as a converter does; socat makes a serial port of it.
// Register n of every table holds n. Like a real slave it answers in the order it was asked.
import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { crc16 } from "../rtu-frame.ts";

export type RtuAsked = { unit: number; code: number; address: number; count: number; bytes: Buffer };
/** Answers one request, well or badly. */
export type RtuBehaviour = (asked: RtuAsked, socket: Socket) => void;

export class RtuSlave {
  behaviour: RtuBehaviour;
  readonly asked: RtuAsked[] = [];
  readonly sockets = new Set<Socket>();
  readonly #server: Server;

  private constructor(server: Server, behaviour: RtuBehaviour) {
    this.#server = server;
    this.behaviour = behaviour;
    server.on("connection", (socket) => this.#serve(socket.setNoDelay(true)));
  }

  static async start(behaviour: RtuBehaviour = answerRtuWell, port = 0): Promise<RtuSlave> {
    const server = createServer();
    const slave = new RtuSlave(server, behaviour);
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
    return slave;
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
    let rest: Buffer = Buffer.alloc(0);
    socket.on("error", () => {});
    socket.on("close", () => this.sockets.delete(socket));
    socket.on("data", (chunk: Buffer) => {
      rest = Buffer.concat([rest, chunk]);
      for (; rest.length >= 8; rest = rest.subarray(8)) {
        const bytes = rest.subarray(0, 8);
        const asked = {
          unit: bytes.readUInt8(0),
          code: bytes.readUInt8(1),
          address: bytes.readUInt16BE(2),
          count: bytes.readUInt16BE(4),
          bytes,
        };
        this.asked.push(asked);
        this.behaviour(asked, socket);
      }
    });
  }
}

/** A correct reply, with anything changed that a test wants wrong; the CRC fits all the same. */
export function rtuReply(
  { unit, code, address, count }: Omit<RtuAsked, "bytes">,
  wrong: { unit?: number; code?: number; byteCount?: number } = {},
): Buffer {
  const frame = Buffer.alloc(3 + 2 * count);
  frame.writeUInt8(wrong.unit ?? unit, 0);
  frame.writeUInt8(wrong.code ?? code, 1);
  frame.writeUInt8(wrong.byteCount ?? 2 * count, 2);
  for (let i = 0; i < count; i++) frame.writeUInt16BE((address + i) & 0xffff, 3 + 2 * i);
  return withCrc(frame);
}

export const rtuException = ({ unit, code }: Pick<RtuAsked, "unit" | "code">, exception: number): Buffer =>
  withCrc(Buffer.from([unit, code | 0x80, exception]));

/** The same bytes with one bit turned, so that the CRC does not fit. */
export function damaged(frame: Buffer, at = frame.length - 3): Buffer {
  const copy = Buffer.from(frame);
  copy[at] = (copy[at] as number) ^ 0x10;
  return copy;
}

export const answerRtuWell: RtuBehaviour = (asked, socket) => void socket.write(rtuReply(asked));

/** A behaviour that answers well after the delay that `delayMs` says, never before what it owes from earlier. */
export function answerInOrder(delayMs: (asked: RtuAsked) => number, replyTo: (asked: RtuAsked) => Buffer = rtuReply): RtuBehaviour {
  let last: Promise<void> = Promise.resolve();
  return (asked, socket) => {
    const due = Promise.withResolvers<void>();
    setTimeout(due.resolve, delayMs(asked));
    last = last.then(async () => {
      await due.promise;
      socket.write(replyTo(asked));
    });
  };
}

function withCrc(frame: Buffer): Buffer {
  const crc = crc16(frame);
  return Buffer.concat([frame, Buffer.from([crc & 0xff, crc >> 8])]);
}
