// A serial port opened with some settings, to find out who answers there. Any checked reply proves a unit, also an exception, and also one that comes
// when the next unit has been asked already; bytes that are no reply are only counted.
import { setTimeout as sleep } from "node:timers/promises";
import { agentFault } from "../../faults.ts";
import type { ByteStream } from "../../registers/byte-stream.ts";
import type { ReadRequest } from "../../registers/read-outcome.ts";
import { RtuCodec } from "../../registers/rtu-codec.ts";
import { type Asked, maxReplyBytes, type RtuFrame, scanReply, shapeOf } from "../../registers/rtu-frame.ts";
import { frameGapMs, type SerialLine } from "../../registers/serial-line.ts";
import { serialStream } from "../../registers/serial-stream.ts";

/** Exceptions by which a converter says that nobody is there. */
export const nobodyThere: readonly number[] = [10, 11];

export class LineProber {
  /** Who has answered since it was opened. */
  readonly heard = new Set<number>();
  /** Bytes that came and belonged to no reply. */
  strayBytes = 0;
  readonly #stream: ByteStream;
  readonly #line: SerialLine;
  readonly #codec = new RtuCodec();
  #rest: Buffer = Buffer.alloc(0);
  #asked: Asked | null = null;
  #onHeard = (): void => {};
  #ended: string | null = null;

  private constructor(stream: ByteStream, line: SerialLine) {
    this.#stream = stream;
    this.#line = line;
    stream.listen({
      onBytes: (chunk) => this.#take(chunk),
      onEnd: (detail) => {
        this.#ended = detail;
        this.#onHeard();
      },
    });
  }

  /** @throws Fault bus_unreachable where the port cannot be opened. */
  static async open(line: SerialLine): Promise<LineProber> {
    return new LineProber(await serialStream(line)(new AbortController().signal), line);
  }

  /** Asks one unit for one register. Settles when it has answered, or after `waitMs`. @throws Fault bus_connection_lost where the port is gone. */
  async ask(unit: number, waitMs: number): Promise<boolean> {
    await sleep(Math.max(1, frameGapMs(this.#line)));
    this.#letGo();
    this.heard.delete(unit);
    const request: ReadRequest = { unit, table: "holding", address: 0, count: 1 };
    const sent = this.#codec.encode(request);
    this.#asked = { unit, shape: shapeOf(request), sent };
    const answered = Promise.withResolvers<void>();
    const timer = setTimeout(answered.resolve, waitMs);
    this.#onHeard = () => {
      if (this.heard.has(unit) || this.#ended !== null) answered.resolve();
    };
    this.#stream.write(sent);
    await answered.promise;
    clearTimeout(timer);
    this.#onHeard = () => {};
    if (this.#ended !== null) throw agentFault("bus_connection_lost", this.#ended);
    return this.heard.has(unit);
  }

  async close(): Promise<void> {
    this.#letGo();
    await this.#stream.close();
  }

  #take(chunk: Buffer): void {
    this.#rest = Buffer.concat([this.#rest, chunk]);
    for (;;) {
      const scan = scanReply(this.#rest, this.#asked);
      if (scan.kind === "more") break;
      const used = scan.kind === "frame" ? scan.frame.bytes.length : 0;
      this.#stray(this.#rest.subarray(0, scan.end - used));
      this.#rest = this.#rest.subarray(scan.end);
      if (scan.kind === "frame") this.#hear(scan.frame);
    }
    const over = this.#rest.length - maxReplyBytes;
    if (over > 0) {
      this.#stray(this.#rest.subarray(0, over));
      this.#rest = this.#rest.subarray(over);
    }
  }

  #hear({ unit, shape, bytes }: RtuFrame): void {
    if (unit === 0 || unit > 247 || (shape === null && nobodyThere.includes(bytes.readUInt8(2)))) return;
    this.heard.add(unit);
    this.#onHeard();
  }

  // What came so far and is no reply will not become one.
  #letGo(): void {
    this.#stray(this.#rest);
    this.#rest = Buffer.alloc(0);
  }

  // Some lines echo what is sent: those bytes are ours.
  #stray(bytes: Buffer): void {
    const isEcho = this.#asked !== null && bytes.equals(this.#asked.sent);
    if (!isEcho) this.strayBytes += bytes.length;
  }
}
