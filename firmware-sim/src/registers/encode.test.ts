import assert from "node:assert/strict";
import { test } from "node:test";
import { ByteOrder, NumberType } from "@millwright/contract/register-template";
import fc from "fast-check";
import { decodeRegisters as decode } from "../test-support/decode-registers.ts";
import { type Encoding, encode } from "./encode.ts";

test("the orders are what manuals print", () => {
  const value = 0x11223344;
  const at = (order: ByteOrder): string =>
    encode(value, { type: "uint32", order, scale: 1, offset: 0 })
      .map((word) => word.toString(16))
      .join(" ");
  assert.equal(at("ABCD"), "1122 3344");
  assert.equal(at("CDAB"), "3344 1122");
  assert.equal(at("BADC"), "2211 4433");
  assert.equal(at("DCBA"), "4433 2211");
});

test("a 64-bit value: CDAB and DCBA put the lowest word first", () => {
  const at = (order: ByteOrder): number[] => encode(1, { type: "float64", order, scale: 1, offset: 0 });
  assert.deepEqual(at("ABCD"), [0x3ff0, 0, 0, 0]);
  assert.deepEqual(at("CDAB"), [0, 0, 0, 0x3ff0]);
  assert.deepEqual(at("BADC"), [0xf03f, 0, 0, 0]);
  assert.deepEqual(at("DCBA"), [0, 0, 0, 0xf03f]);
});

test("what is encoded decodes to the same raw number, in every type and order", () => {
  const whole = ([min, max]: readonly [number, number]) => fc.double({ min, max, noNaN: true }).map(Math.round);
  const limits = {
    uint16: [0, 65_535],
    int16: [-32_768, 32_767],
    uint32: [0, 4_294_967_295],
    int32: [-2_147_483_648, 2_147_483_647],
    uint64: [0, Number.MAX_SAFE_INTEGER],
    int64: [-Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
    bcd16: [0, 9_999],
    bcd32: [0, 99_999_999],
  } as const;
  type Raw = { type: NumberType; raw: number };
  const raws = fc.constantFrom(...NumberType.options).chain((type): fc.Arbitrary<Raw> => {
    const numbers =
      type === "float16"
        ? fc.float({ noNaN: true }).map(Math.f16round)
        : type === "float32"
          ? fc.float({ noNaN: true })
          : type === "float64"
            ? fc.double({ noNaN: true })
            : whole(limits[type]);
    return numbers.map((raw) => ({ type, raw }));
  });
  fc.assert(
    fc.property(raws, fc.constantFrom(...ByteOrder.options), ({ type, raw }, order) => {
      const encoding: Encoding = { type, order, scale: 1, offset: 0 };
      assert.equal(decode(encode(raw, encoding), encoding) + 0, raw + 0);
    }),
  );
});

test("scaled integers come back within half a step", () => {
  const encodings = fc.record({
    type: fc.constantFrom("int16", "int32") as fc.Arbitrary<NumberType>,
    order: fc.constantFrom(...ByteOrder.options),
    scale: fc.constantFrom(0.01, 0.1, 1, -0.5),
    offset: fc.constantFrom(-40, 0, 12.5),
  });
  fc.assert(
    fc.property(encodings, fc.double({ min: -150, max: 150, noNaN: true }), (encoding, value) => {
      assert.ok(Math.abs(decode(encode(value, encoding), encoding) - value) <= Math.abs(encoding.scale) / 2 + 1e-9);
    }),
  );
});

test("an integer that cannot hold the value stops at its end", () => {
  assert.deepEqual(encode(1e9, { type: "int16", order: "ABCD", scale: 0.1, offset: 0 }), [0x7fff]);
  assert.deepEqual(encode(-5, { type: "uint16", order: "ABCD", scale: 1, offset: 0 }), [0]);
});
