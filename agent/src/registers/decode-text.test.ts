import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeText } from "./decode-text.ts";

const registers = (text: string): Uint16Array => {
  const bytes = Buffer.from(text, "latin1");
  return Uint16Array.from({ length: bytes.length / 2 }, (_, i) => bytes.readUInt16BE(2 * i));
};

test("two characters a register, to the first NUL, without the fill", () => {
  assert.equal(decodeText(registers("xxSN-00042\0\0\0\0"), 1, 6, "ABCD"), "SN-00042");
  assert.equal(decodeText(registers("AB  "), 0, 2, "ABCD"), "AB");
  assert.equal(decodeText(registers("AB\0C"), 0, 2, "ABCD"), "AB");
});

test("the order swaps bytes, never words", () => {
  assert.equal(decodeText(registers("CAEM"), 0, 2, "BADC"), "ACME");
  assert.equal(decodeText(registers("CAEM"), 0, 2, "DCBA"), "ACME");
  assert.equal(decodeText(registers("ACME"), 0, 2, "CDAB"), "ACME");
});

test("what is not printable is marked; what is not there is an error", () => {
  assert.equal(decodeText(registers("A\xffB\x07"), 0, 2, "ABCD"), "A\uFFFDB\uFFFD");
  assert.throws(() => decodeText(registers("AB"), 0, 2, "ABCD"), RangeError);
});
