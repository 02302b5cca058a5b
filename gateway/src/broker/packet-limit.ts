// MQTT framing of one connection, only to measure it: aedes buffers whatever length a client announces (measured: 200 MiB were accepted).
// Fixed header: https://docs.oasis-open.org/mqtt/mqtt/v3.1.1/os/mqtt-v3.1.1-os.html#_Toc398718023 (remaining length: 1 to 4 bytes, 7 bits each).
import { Transform } from "node:stream";

/** Passes bytes on; fails at the first packet that announces more than `maxBytes`, before that packet is buffered. */
export function packetLimit(maxBytes: number): Transform {
  let state: "type" | "length" | "body" = "type";
  let length = 0;
  let shift = 0;
  let left = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      let at = 0;
      while (at < chunk.length) {
        if (state === "body") {
          const step = Math.min(left, chunk.length - at);
          at += step;
          left -= step;
          if (left === 0) state = "type";
        } else if (state === "type") {
          [state, length, shift] = ["length", 0, 0];
          at++;
        } else {
          const byte = chunk[at++] as number;
          length += (byte & 0x7f) * 2 ** shift;
          shift += 7;
          if (length > maxBytes || shift > 28) return done(new Error(`a packet of more than ${maxBytes} bytes`));
          if ((byte & 0x80) === 0) [state, left] = length === 0 ? ["type", 0] : ["body", length];
        }
      }
      done(null, chunk);
    },
  });
}
