// A Modbus TCP device whose replies are good, late, missing or mangled, and the referee of what it sent. It keeps books of its own and parses with
// its own code, so that agent and referee cannot share a mistake.
import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import type { Random } from "../../firmware-sim/src/random/random.ts";
import { mangleFrame } from "./mangle-frame.ts";

/** What register `address` of a unit and table (3: holding, 4: input) holds. */
export const wordOf = (unit: number, code: number, address: number): number => (address * 40_503 + unit * 257 + code * 7_919) & 0xffff;

type Asked = {
  readonly transaction: number;
  readonly unit: number;
  readonly code: number;
  readonly address: number;
  readonly count: number;
};
type Line = { readonly socket: Socket; readonly waiting: Map<number, Asked>; isMute: boolean; rest: Buffer; unsent: Buffer[] };

export class LyingDevice {
  frames = 0;
  mangled = 0;
  connections = 0;
  mostSockets = 0;
  readonly #server: Server;
  readonly #random: Random;
  readonly #timeoutMs: number;
  readonly #pipeline: number;
  readonly #sockets = new Set<Socket>();

  private constructor(server: Server, random: Random, { timeoutMs, pipeline }: { timeoutMs: number; pipeline: number }) {
    this.#server = server;
    this.#random = random;
    this.#timeoutMs = timeoutMs;
    this.#pipeline = pipeline;
    server.on("connection", (socket) => this.#serve(socket));
  }

  /** What the client does: how long it waits (late replies come after that), and how many requests it has in flight. */
  static async start(random: Random, client: { timeoutMs: number; pipeline: number }): Promise<LyingDevice> {
    const server = createServer({ noDelay: true });
    const device = new LyingDevice(server, random, client);
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return device;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, "close");
  }

  #serve(socket: Socket): void {
    this.connections++;
    this.#sockets.add(socket);
    this.mostSockets = Math.max(this.mostSockets, this.#sockets.size);
    const line: Line = { socket, waiting: new Map(), isMute: false, rest: Buffer.alloc(0), unsent: [] };
    const gone = (): void => void this.#sockets.delete(socket);
    socket.on("error", gone);
    socket.on("end", gone);
    socket.on("close", gone);
    socket.on("data", (chunk: Buffer) => {
      line.rest = line.rest.length === 0 ? chunk : Buffer.concat([line.rest, chunk]);
      for (; line.rest.length >= 12; line.rest = line.rest.subarray(12)) this.#answer(line, readAsked(line.rest));
    });
  }

  #answer(line: Line, asked: Asked): void {
    line.waiting.set(asked.transaction, asked);
    const dice = this.#random();
    if (dice < 0.01) return;
    if (dice < 0.02) setTimeout(() => this.#send(line, asked), this.#timeoutMs * (1 + this.#random()));
    else if (dice < 0.025) line.socket.destroy();
    else if (dice < 0.2) setImmediate(() => this.#send(line, asked));
    else this.#send(line, asked);
  }

  #send(line: Line, asked: Asked): void {
    if (line.isMute || line.socket.destroyed) return;
    const frame = this.#random() < 0.05 ? exceptionTo(asked, 1 + Math.floor(this.#random() * 11)) : replyTo(asked);
    const isAlone = this.#pipeline === 1 && line.waiting.size === 1;
    let { pieces, kind } = mangleFrame(frame, this.#random, isAlone);
    // By chance it may be a valid answer to something that was asked: then it is no lie.
    if (kind === "bad" && answersAny(Buffer.concat(pieces), line.waiting)) [pieces, kind] = [[frame], "good"];
    this.frames++;
    if (kind !== "good") this.mangled++;
    if (kind === "half") line.isMute = true;
    line.waiting.delete(asked.transaction);
    if (line.unsent.push(...pieces) === pieces.length) sendOne(line);
  }
}

// One piece at a time, in order: a device does not send one reply in the middle of another.
function sendOne(line: Line): void {
  line.socket.write(line.unsent[0] as Buffer);
  line.unsent.shift();
  if (line.unsent.length > 0) setImmediate(() => sendOne(line));
}

const readAsked = (bytes: Buffer): Asked => ({
  transaction: bytes.readUInt16BE(0),
  unit: bytes.readUInt8(6),
  code: bytes.readUInt8(7),
  address: bytes.readUInt16BE(8),
  count: bytes.readUInt16BE(10),
});

function replyTo({ transaction, unit, code, address, count }: Asked): Buffer {
  const frame = Buffer.alloc(9 + 2 * count);
  frame.writeUInt16BE(transaction, 0);
  frame.writeUInt16BE(3 + 2 * count, 4);
  frame.set([unit, code, 2 * count], 6);
  for (let i = 0; i < count; i++) frame.writeUInt16BE(wordOf(unit, code, (address + i) & 0xffff), 9 + 2 * i);
  return frame;
}

const exceptionTo = ({ transaction, unit, code }: Asked, exception: number): Buffer =>
  Buffer.from([transaction >> 8, transaction & 0xff, 0, 0, 0, 3, unit, code | 0x80, exception]);

// Whether the bytes begin with a frame that answers a waiting request in every field a client can check.
function answersAny(bytes: Buffer, waiting: ReadonlyMap<number, Asked>): boolean {
  if (bytes.length < 9 || bytes.readUInt16BE(2) !== 0) return false;
  const asked = waiting.get(bytes.readUInt16BE(0));
  if (asked === undefined || bytes.readUInt8(6) !== asked.unit) return false;
  const [length, code, count] = [bytes.readUInt16BE(4), bytes.readUInt8(7), bytes.readUInt8(8)];
  const isWhole = bytes.length === 6 + length;
  if (code === asked.code) return isWhole && count === 2 * asked.count && length === 3 + count;
  return isWhole && code === (asked.code | 0x80) && length === 3;
}
