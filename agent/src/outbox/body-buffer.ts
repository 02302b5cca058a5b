// Bodies of records on their way to the disk and to the broker: UTF-8, one after the other in one buffer, which goes to the outbox's thread, comes back
// with its reply, and is used again. As texts they would wait long enough to be moved into the old generation, and were most of what was there.

/** A newline stands behind each body (JSON, in which none stands raw). `ends`: where each body ends, its newline not counted. */
export type Bodies = { readonly bytes: Uint8Array<ArrayBuffer>; readonly ends: readonly number[] };

const newline = 10;
const leastBytes = 64 * 1024;

export class BodyBuffer {
  readonly #ends: number[] = [];
  #bytes: Buffer<ArrayBuffer>;
  #length = 0;

  constructor(spare: SpareBuffers) {
    this.#bytes = spare.take();
  }

  add(body: string): void {
    const most = this.#length + 3 * body.length + 1;
    if (most > this.#bytes.length) this.#grow(most);
    this.#length += this.#bytes.write(body, this.#length);
    this.#ends.push(this.#length);
    this.#bytes[this.#length++] = newline;
  }

  /** No more is added after that. */
  get bodies(): Bodies {
    return { bytes: this.#bytes, ends: this.#ends };
  }

  #grow(most: number): void {
    const bytes = Buffer.allocUnsafeSlow(Math.max(most, 2 * this.#bytes.length));
    this.#bytes.copy(bytes, 0, 0, this.#length);
    this.#bytes = bytes;
  }
}

/** Where the body begins. */
export const beginOf = ({ ends }: Bodies, n: number): number => (n === 0 ? 0 : (ends[n - 1] as number) + 1);

export type SpareBuffers = {
  /** What stands in it is old. */
  take(): Buffer<ArrayBuffer>;
  give(bytes: Uint8Array<ArrayBuffer>): void;
};

const mostSpare = 4;
/** A larger one was needed once, and is not kept. */
const mostBytes = 256 * 1024;

export function spareBuffers(): SpareBuffers {
  const spare: Buffer<ArrayBuffer>[] = [];
  return {
    take: () => spare.pop() ?? Buffer.allocUnsafeSlow(leastBytes),
    give({ buffer }) {
      if (spare.length < mostSpare && buffer.byteLength <= mostBytes) spare.push(Buffer.from(buffer));
    },
  };
}
