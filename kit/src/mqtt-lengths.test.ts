import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { PassThrough } from "node:stream";
import { test } from "node:test";
import "./mqtt-session.ts";

type Packets = {
  writeToStream(packet: { cmd: "publish"; topic: string; payload: string; qos: 0 }, stream: PassThrough): void;
  parser(): { parse(bytes: Buffer): number; on(event: "packet", heard: (packet: { length: number; payload: Buffer }) => void): void };
};
const packets = createRequire(import.meta.resolve("mqtt"))("mqtt-packet") as Packets;

test("packets of all lengths are what they should be, and what is kept of their lengths is one table", () => {
  const slabs = new Map<ArrayBufferLike, number>();
  for (const size of [0, 1, 120, 121, 124, 125, 126, 127, 128, 129, 5_000, 16_379, 16_380, 16_381, 40_000]) {
    for (const time of ["first", "again"]) {
      const chunks: Buffer[] = [];
      const stream = new PassThrough();
      stream.write = (chunk: Buffer | string) => chunks.push(typeof chunk === "string" ? Buffer.from(chunk) : chunk) > 0;
      packets.writeToStream({ cmd: "publish", topic: "t", payload: "x".repeat(size), qos: 0 }, stream);
      const parser = packets.parser();
      const heard: number[] = [];
      parser.on("packet", ({ length, payload }) => heard.push(length, payload.length));
      parser.parse(Buffer.concat(chunks));
      assert.deepEqual(heard, [size + 3, size], `${size} bytes, ${time}`);
      const bytes = chunks[1];
      assert.ok(bytes !== undefined);
      if (size + 3 < 16_384) slabs.set(bytes.buffer, bytes.buffer.byteLength);
    }
  }
  assert.deepEqual([...slabs.values()], [32_768]);
});
