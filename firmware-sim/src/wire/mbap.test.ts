import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type Frame, frameBytes, takeFrame } from "./mbap.ts";

const frames = fc
  .tuple(fc.integer({ min: 0, max: 0xffff }), fc.integer({ min: 0, max: 255 }), fc.uint8Array({ minLength: 1, maxLength: 253 }))
  .map(([transaction, unit, pdu]): Frame => ({ transaction, unit, pdu: Buffer.from(pdu) }));

test("a stream of frames comes out as it went in, however it was cut", () => {
  fc.assert(
    fc.property(fc.array(frames, { maxLength: 5 }), fc.integer({ min: 1, max: 40 }), (sent, chunkBytes) => {
      const stream = Buffer.concat(sent.map(frameBytes));
      const taken: Frame[] = [];
      let received = Buffer.alloc(0);
      for (let at = 0; at < stream.length; at += chunkBytes) {
        received = Buffer.concat([received, stream.subarray(at, at + chunkBytes)]);
        for (let step = takeFrame(received); step.kind !== "incomplete"; step = takeFrame(received)) {
          assert.equal(step.kind, "frame");
          if (step.kind !== "frame") break;
          taken.push(step.frame);
          received = Buffer.from(step.rest);
        }
      }
      assert.deepEqual(taken, sent);
      assert.equal(received.length, 0);
    }),
  );
});

test("any bytes: a frame, more needed or malformed, and never more than one frame is waited for", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
      const step = takeFrame(Buffer.from(bytes));
      if (step.kind === "incomplete") assert.ok(bytes.length < 260);
    }),
  );
});

test("what is not Modbus TCP is named", () => {
  const header = (protocol: number, length: number): Buffer =>
    Buffer.from([0, 1, protocol >> 8, protocol & 0xff, length >> 8, length & 0xff, 1]);
  const why = (bytes: Buffer): string => {
    const step = takeFrame(bytes);
    return step.kind === "malformed" ? step.why : step.kind;
  };
  assert.equal(why(header(5, 6)), "protocol id 5 instead of 0");
  assert.equal(why(header(0, 65_535)), "length 65535 outside 2 to 254");
  assert.equal(why(header(0, 1)), "length 1 outside 2 to 254");
  assert.equal(why(header(0, 6)), "incomplete");
});
