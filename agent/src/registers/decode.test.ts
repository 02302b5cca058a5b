import assert from "node:assert/strict";
import { test } from "node:test";
import type { ByteOrder, NumberType } from "@millwright/contract/register-template";
import { registersOf } from "@millwright/contract/register-template";
import type { QualityReason } from "@millwright/contract/telemetry";
import * as fc from "fast-check";
import { decoderOf, readRaw } from "./decode.ts";
import { fastWhole, floatBits, floatOfBits, quickForm } from "./fast-raw.ts";
import { seeded } from "./test-support/seeded.ts";

const plain = { scale: 1, offset: 0, sentinels: [] };
function decode(registers: number[], type: NumberType, order: ByteOrder, more: object = {}) {
  const [shown, reasons] = [new Float64Array(1), new Array<QualityReason | null>(1)];
  decoderOf({ ...plain, type, order, ...more })(Uint16Array.from(registers), 0, shown, reasons, 0);
  return { value: shown[0], reason: reasons[0] };
}

test("the four orders of a float32, as manuals print them", () => {
  // 123.456 = 0x42F6E979 (IEEE 754).
  assert.equal(decode([0x42f6, 0xe979], "float32", "ABCD").value, Math.fround(123.456));
  assert.equal(decode([0xe979, 0x42f6], "float32", "CDAB").value, Math.fround(123.456));
  assert.equal(decode([0xf642, 0x79e9], "float32", "BADC").value, Math.fround(123.456));
  assert.equal(decode([0x79e9, 0xf642], "float32", "DCBA").value, Math.fround(123.456));
});

test("64 bits follow the same rule", () => {
  // 123.456 = 0x405EDD2F1A9FBE77.
  assert.equal(decode([0x405e, 0xdd2f, 0x1a9f, 0xbe77], "float64", "ABCD").value, 123.456);
  assert.equal(decode([0xbe77, 0x1a9f, 0xdd2f, 0x405e], "float64", "CDAB").value, 123.456);
  assert.equal(decode([0x5e40, 0x2fdd, 0x9f1a, 0x77be], "float64", "BADC").value, 123.456);
  assert.equal(decode([0x77be, 0x9f1a, 0x2fdd, 0x5e40], "float64", "DCBA").value, 123.456);
});

test("every type and order comes back as it was written", () => {
  const { seed } = seeded("decode");
  const write: Record<NumberType, (bytes: DataView, value: number) => void> = {
    uint16: (bytes, value) => bytes.setUint16(0, value),
    int16: (bytes, value) => bytes.setInt16(0, value),
    uint32: (bytes, value) => bytes.setUint32(0, value),
    int32: (bytes, value) => bytes.setInt32(0, value),
    uint64: (bytes, value) => bytes.setBigUint64(0, BigInt(value)),
    int64: (bytes, value) => bytes.setBigInt64(0, BigInt(value)),
    float16: (bytes, value) => bytes.setFloat16(0, value),
    bcd16: (bytes, value) => bytes.setUint16(0, Number.parseInt(String(value), 16)),
    bcd32: (bytes, value) => bytes.setUint32(0, Number.parseInt(String(value), 16)),
    float32: (bytes, value) => bytes.setFloat32(0, value),
    float64: (bytes, value) => bytes.setFloat64(0, value),
  };
  const values: Record<NumberType, fc.Arbitrary<number>> = {
    uint16: fc.integer({ min: 0, max: 0xffff }),
    int16: fc.integer({ min: -0x8000, max: 0x7fff }),
    uint32: fc.integer({ min: 0, max: 0xffff_ffff }),
    int32: fc.integer({ min: -0x8000_0000, max: 0x7fff_ffff }),
    uint64: fc.maxSafeNat(),
    int64: fc.maxSafeInteger(),
    float16: fc.float({ noNaN: true }).map(Math.f16round),
    bcd16: fc.integer({ min: 0, max: 9_999 }),
    bcd32: fc.integer({ min: 0, max: 99_999_999 }),
    float32: fc.float({ noNaN: true }),
    float64: fc.double({ noNaN: true }),
  };
  for (const type of Object.keys(values) as NumberType[]) {
    fc.assert(
      fc.property(values[type], fc.constantFrom<ByteOrder>("ABCD", "CDAB", "BADC", "DCBA"), fc.nat(5), (value, order, lead) => {
        const bytes = Buffer.alloc(2 * registersOf[type]);
        write[type](new DataView(bytes.buffer, bytes.byteOffset, bytes.length), value);
        const words = order === "CDAB" || order === "DCBA" ? bytes.swap16().reverse() : bytes;
        if (order === "BADC" || order === "DCBA") words.swap16();
        const registers = Uint16Array.from([
          ...Array(lead).fill(0xdead),
          ...Array.from({ length: registersOf[type] }, (_, i) => words.readUInt16BE(2 * i)),
          0xbeef,
        ]);
        assert.equal(readRaw(registers, lead, type, order), value);
        const form = quickForm(type, order);
        if (form === null) return;
        floatBits[0] = fastWhole(form, registers, lead);
        assert.equal(type === "float32" ? floatOfBits[0] : fastWhole(form, registers, lead), value);
      }),
      { seed },
    );
  }
});

test("scale and offset make the value in its unit", () => {
  assert.deepEqual(decode([215], "int16", "ABCD", { scale: 0.1, offset: -40 }), { value: 215 * 0.1 - 40, reason: null });
});

test("a sentinel, NaN and infinity leave no value; however the manual writes the sentinel", () => {
  const none = { value: Number.NaN, reason: "sentinel" };
  assert.deepEqual(decode([0xffff], "uint16", "ABCD", { sentinels: [65_535], scale: 0.1 }), none);
  assert.deepEqual(decode([0x8000], "int16", "ABCD", { sentinels: [0x8000] }), none);
  assert.deepEqual(decode([0x8000], "int16", "ABCD", { sentinels: [-32_768] }), none);
  assert.deepEqual(decode([0x7fff, 0xffff], "int32", "ABCD", { sentinels: [0x7fff_ffff] }), none);
  assert.deepEqual(decode([0xffff, 0xffff], "int32", "ABCD", { sentinels: [0xffff_ffff] }), none);
  assert.deepEqual(decode([0xc61c, 0x3c00], "float32", "ABCD", { sentinels: [-9_999] }), none);
  assert.deepEqual(decode([0x7fc0, 0], "float32", "ABCD"), none);
  assert.deepEqual(decode([0x7f80, 0], "float32", "ABCD"), none);
});

test("a value out of range is kept, and marked", () => {
  assert.deepEqual(decode([500], "uint16", "ABCD", { range: [0, 100] }), { value: 500, reason: "out_of_range" });
  assert.deepEqual(decode([100], "uint16", "ABCD", { range: [0, 100] }), { value: 100, reason: null });
});

test("bits of unsigned integers, before scale and offset; a sentinel is that of the whole register", () => {
  assert.equal(decode([0b1000_0000_0000_0000], "uint16", "ABCD", { bits: [15, 15] }).value, 1);
  assert.equal(decode([0b0111_1111_1111_1111], "uint16", "ABCD", { bits: [15, 15] }).value, 0);
  assert.equal(decode([0x1a5f], "uint16", "ABCD", { bits: [4, 11], scale: 2, offset: 1 }).value, 0xa5 * 2 + 1);
  assert.deepEqual(decode([0xffff], "uint16", "ABCD", { bits: [0, 3], sentinels: [0xffff] }), { value: Number.NaN, reason: "sentinel" });
  assert.equal(decode([0x000f], "uint16", "ABCD", { bits: [0, 3], sentinels: [0xffff] }).value, 15);
});

test("any bits of any unsigned integer are what shifting says", () => {
  const { seed } = seeded("bits");
  const widths = { uint16: 16, uint32: 32, uint64: 64 } as const;
  const place = fc.tuple(fc.nat(63), fc.nat(63)).map(([a, b]): [number, number] => (a < b ? [a, b] : [b, a]));
  fc.assert(
    fc.property(
      fc.constantFrom("uint16", "uint32", "uint64"),
      fc.array(fc.nat(0xffff), { minLength: 4, maxLength: 4 }),
      place,
      (type, words, at) => {
        const width = widths[type];
        const [lowest, highest] = [at[0] % width, Math.max(at[0] % width, at[1] % width)];
        const whole = words.slice(0, width / 16).reduce((sum, word) => (sum << 16n) | BigInt(word), 0n);
        const expected = Number(BigInt.asUintN(highest - lowest + 1, whole >> BigInt(lowest)));
        assert.equal(decode(words, type, "ABCD", { bits: [lowest, highest] }).value, expected);
      },
    ),
    { seed },
  );
});

test("64-bit sentinels are compared as doubles", () => {
  assert.equal(
    decode([0xffff, 0xffff, 0xffff, 0xffff], "uint64", "ABCD", { sentinels: [Number(0xffff_ffff_ffff_ffffn)] }).reason,
    "sentinel",
  );
  assert.equal(decode([0x8000, 0, 0, 0], "int64", "ABCD", { sentinels: [0x8000_0000_0000_0000] }).reason, "sentinel");
  assert.equal(decode([0x8000, 0, 0, 0], "int64", "ABCD", { sentinels: [-(2 ** 63)] }).reason, "sentinel");
  assert.equal(
    decode([0x7fff, 0xffff, 0xffff, 0xffff], "int64", "ABCD", { sentinels: [Number(0x7fff_ffff_ffff_ffffn)] }).reason,
    "sentinel",
  );
  assert.equal(
    decode([0xffff, 0xffff, 0xffff, 0xffff], "int64", "ABCD", { sentinels: [Number(0xffff_ffff_ffff_ffffn)] }).reason,
    "sentinel",
  );
  assert.deepEqual(decode([0, 0, 0, 0], "int64", "ABCD", { sentinels: [Number(0xffff_ffff_ffff_ffffn)] }), { value: 0, reason: null });
});
