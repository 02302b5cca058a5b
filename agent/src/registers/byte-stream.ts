// The wire under a transport: bytes in, bytes out, and its end. A serial port and a TCP socket look the same from here.

export type ByteStreamListener = {
  onBytes(chunk: Buffer): void;
  /** Once, when the other side or the port is gone. Not after `close()`. */
  onEnd(detail: string): void;
};

export type ByteStream = {
  /** To be called once, at once after opening. */
  listen(listener: ByteStreamListener): void;
  /** Never throws; where the bytes cannot leave, the stream ends. */
  write(bytes: Uint8Array): void;
  /** Lets go of it. Settles when it is gone, or after a second. Never rejects. */
  close(): Promise<void>;
};

/** @throws Fault bus_unreachable; nothing is left open then. */
export type OpenStream = (signal: AbortSignal) => Promise<ByteStream>;
