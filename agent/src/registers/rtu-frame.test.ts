import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { readFailure } from "./read-outcome.ts";
import { RtuCodec } from "./rtu-codec.ts";
import { type Asked, crc16, scanReply, shapeOf } from "./rtu-frame.ts";
import { rtuException, rtuReply } from "./test-support/rtu-slave.ts";

const anyRequest = fc.record({
  unit: fc.integer({ min: 1, max: 247 }),
  table: fc.constantFrom("holding" as const, "input" as const),
  address: fc.integer({ min: 0, max: 65_410 }),
  count: fc.integer({ min: 1, max: 125 }),
});
type Request = typeof anyRequest extends fc.Arbitrary<infer R> ? R : never;

const codeOf = ({ table }: Request): number => (table === "holding" ? 3 : 4);
const askedOf = (request: Request): Asked => ({ unit: request.unit, shape: shapeOf(request), sent: new RtuCodec().encode(request) });
const replyOf = (request: Request): Buffer => rtuReply({ ...request, code: codeOf(request) });

test("the CRC of the standard's example, and of every request modbus-serial makes", () => {
  // MODBUS over Serial Line V1.02, appendix B: CRC of 02 07 is 0x1241 with its bytes sent low first.
  assert.equal(crc16(Uint8Array.of(0x02, 0x07)), 0x1241);
  fc.assert(
    fc.property(anyRequest, (request) => {
      const sent = askedOf(request).sent;
      assert.equal(sent.length, 8);
      assert.equal(crc16(sent), 0, "over the bytes and their CRC it is 0");
    }),
  );
});

test("a reply is found behind echo and noise, whatever pieces it comes in, and never before it is whole", () => {
  const noise = fc.uint8Array({ maxLength: 40 });
  fc.assert(
    fc.property(anyRequest, noise, fc.boolean(), (request, before, isEchoed) => {
      const asked = askedOf(request);
      // Noise that begins a frame of its own is a case of its own, below.
      fc.pre(!before.includes(request.unit) && !before.some((byte) => (byte & 0x7f) === 3 || (byte & 0x7f) === 4));
      const reply = replyOf(request);
      const bytes = Buffer.concat([isEchoed ? asked.sent : Buffer.alloc(0), before, reply]);
      for (let end = 0; end < bytes.length; end++) assert.equal(scanReply(bytes.subarray(0, end), asked).kind, "more");
      const scan = scanReply(bytes, asked);
      assert.ok(scan.kind === "frame" && scan.frame.bytes.equals(reply) && scan.end === bytes.length);
      assert.equal(scan.frame.shape, asked.shape);
    }),
  );
});

test("a reply with damaged bits is never taken; where its header is whole, it is known at once", () => {
  fc.assert(
    fc.property(anyRequest, fc.nat(), fc.integer({ min: 0, max: 7 }), (request, place, bit) => {
      const reply = replyOf(request);
      const at = place % reply.length;
      reply[at] = (reply[at] as number) ^ (1 << bit);
      const scan = scanReply(reply, askedOf(request));
      assert.notEqual(scan.kind, "frame");
      if (at > 2) assert.deepEqual(scan, { kind: "crc", end: reply.length });
    }),
  );
});

test("frames of others are found as what they are: another unit, function or byte count, an exception", () => {
  const request = { unit: 3, table: "holding", address: 10, count: 4 } as const;
  const asked = askedOf(request);
  const frameIn = (bytes: Buffer): unknown => {
    const scan = scanReply(bytes, asked);
    return scan.kind === "frame" ? [scan.frame.unit, scan.frame.shape] : scan.kind;
  };
  assert.deepEqual(frameIn(rtuReply({ ...request, code: 3, unit: 4 })), [4, 3 * 256 + 8]);
  assert.deepEqual(frameIn(rtuReply({ ...request, code: 4 })), [3, 4 * 256 + 8]);
  assert.deepEqual(frameIn(rtuReply({ ...request, code: 3, count: 5 })), [3, 3 * 256 + 10]);
  assert.deepEqual(frameIn(rtuException({ unit: 3, code: 3 }, 2)), [3, null]);
  assert.deepEqual(frameIn(rtuException({ unit: 9, code: 4 }, 2)), [9, null]);
  assert.deepEqual(scanReply(replyOf(request).subarray(0, 9), asked), { kind: "more", isBegun: true });
  assert.equal(scanReply(replyOf(request), null).kind, "frame", "also where nothing is waited for");
});

test("modbus-serial decodes what was checked, and hands on exceptions with their code", () => {
  fc.assert(
    fc.property(anyRequest, (request) => {
      const codec = new RtuCodec();
      codec.encode(request);
      const outcome = codec.decode(replyOf(request));
      assert.deepEqual(
        outcome.ok && [...outcome.reply],
        Array.from({ length: request.count }, (_, i) => request.address + i),
      );
      codec.encode(request);
      const refused = codec.decode(rtuException({ unit: request.unit, code: codeOf(request) }, 2));
      assert.deepEqual(refused, readFailure("bus_exception", "exception 2", 2));
    }),
  );
});
