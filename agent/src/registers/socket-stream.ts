// A TCP connection as a stream of bytes: Modbus RTU through a converter.
import type { ByteStream, ByteStreamListener, OpenStream } from "./byte-stream.ts";
import { type Endpoint, openSocket } from "./open-socket.ts";

/** What may wait to be sent before the connection counts as stuck. */
const maxWaitingBytes = 4_096;

export function socketStream(endpoint: Endpoint): OpenStream {
  return async (signal): Promise<ByteStream> => {
    const socket = await openSocket({ ...endpoint, signal });
    let listener: ByteStreamListener | null = null;
    const end = (detail: string): void => {
      const told = listener;
      listener = null;
      socket.destroy();
      told?.onEnd(detail);
    };
    socket.on("data", (chunk: Buffer) => listener?.onBytes(chunk));
    socket.on("error", (error) => end(`the connection broke: ${error.message}`));
    socket.on("end", () => end("the converter closed the connection"));
    socket.on("close", () => end("the converter closed the connection"));
    return {
      listen(given) {
        listener = given;
        if (socket.destroyed) end("the converter closed the connection at once");
      },
      write(bytes) {
        socket.write(bytes);
        if (socket.writableLength > maxWaitingBytes) end("the converter takes no more bytes");
      },
      close() {
        listener = null;
        socket.destroy();
        return Promise.resolve();
      },
    };
  };
}
