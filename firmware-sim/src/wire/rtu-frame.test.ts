// The frames are published ones: the example of a CRC in MODBUS over Serial Line V1.02, 6.2.2 (02 07 → 41 12); the check value of CRC-16/MODBUS in the
// catalogue of parametrised CRC algorithms; requests that manuals print for function 3.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { crc16, openRtuFrame, rtuFrameBytes } from "./rtu-frame.ts";

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(" ", ""), "hex");

test("the CRC of the specification's example, and the catalogue's check value", () => {
  assert.equal(crc16(hex("02 07")), 0x1241); // On the wire 41 12.
  assert.equal(crc16(Buffer.from("123456789")), 0x4b37);
  assert.equal(crc16(Buffer.alloc(0)), 0xffff);
});

test("printed frames open, and are made again byte for byte", () => {
  for (const text of ["11 03 00 6B 00 03 76 87", "01 03 00 00 00 01 84 0A", "01 03 02 00 2A 39 9B", "02 07 41 12"]) {
    const request = openRtuFrame(hex(text));
    assert.ok(request, text);
    assert.deepEqual(rtuFrameBytes(request), hex(text));
  }
});

test("one damaged byte anywhere is no frame", () => {
  const damage = fc.record({ at: fc.nat(7), by: fc.integer({ min: 1, max: 255 }) });
  fc.assert(
    fc.property(damage, ({ at, by }) => {
      const bytes = hex("11 03 00 6B 00 03 76 87");
      bytes[at] = (bytes[at] as number) ^ by;
      assert.equal(openRtuFrame(bytes), null);
    }),
  );
});

test("too short and too long is no frame", () => {
  assert.equal(openRtuFrame(hex("FF FF")), null);
  assert.equal(openRtuFrame(rtuFrameBytes({ unit: 1, pdu: Buffer.alloc(254) })), null);
});
