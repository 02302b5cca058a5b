import assert from "node:assert/strict";
import { test } from "node:test";
import { RegisterTemplate } from "@millwright/contract/register-template";
import * as v from "valibot";
import { createRegisterImage } from "./register-image.ts";

function templateWith(points: Record<string, object>, base = 0): RegisterTemplate {
  const source = { kind: "ours", title: "test" };
  return v.parse(RegisterTemplate, { template: "test/device", title: "Test", source, trust: "frames", base, points });
}

const two = {
  a: { register: 10, type: "uint16", unit: "1" },
  b: { register: 14, type: "uint32", unit: "1" },
  c: { register: 10, table: "input", type: "int16", unit: "1" },
};

test("registers hold what was written, tables apart", () => {
  const image = createRegisterImage(templateWith(two));
  image.write({ a: 7, b: 0x10002, c: -1 });
  assert.deepEqual(image.read("holding", 10, 1), Uint16Array.of(7));
  assert.deepEqual(image.read("holding", 14, 2), Uint16Array.of(1, 2));
  assert.deepEqual(image.read("input", 10, 1), Uint16Array.of(0xffff));
});

test("a block with a hole in it, or beyond the map, is not there", () => {
  const image = createRegisterImage(templateWith(two));
  for (const [address, count] of [
    [10, 2],
    [9, 1],
    [13, 1],
    [10, 6],
    [15, 2],
    [16, 1],
  ] as const)
    assert.equal(image.read("holding", address, count), null);
  assert.equal(createRegisterImage(templateWith({ a: two.a })).read("input", 10, 1), null);
});

test("base 1: the manual's register 10 is address 9", () => {
  const image = createRegisterImage(templateWith(two, 1));
  image.write({ a: 7 });
  assert.deepEqual(image.read("holding", 9, 1), Uint16Array.of(7));
});

test("two points in one register, or a register that does not exist, are refused", () => {
  assert.throws(
    () => createRegisterImage(templateWith({ ...two, d: { register: 15, type: "uint16", unit: "1" } })),
    /point d shares holding register 15/,
  );
  assert.throws(() => createRegisterImage(templateWith({ a: { register: 65_535, type: "uint32", unit: "1" } })), /from address 0 to 65535/);
});

test("texts: two characters a register, zeros behind; the low byte first where the order says so; too long is cut", () => {
  const text = { register: 0, type: "string", length: 3, unit: "1", role: "identity" };
  const image = createRegisterImage(templateWith({ serial: text, swapped: { ...text, register: 10, order: "BADC" } }));
  image.write({ serial: "AB12", swapped: "AB12" });
  assert.deepEqual(image.read("holding", 0, 3), Uint16Array.of(0x4142, 0x3132, 0));
  assert.deepEqual(image.read("holding", 10, 3), Uint16Array.of(0x4241, 0x3231, 0));
  image.write({ serial: "ABCDEFGH", swapped: "é" });
  assert.deepEqual(image.read("holding", 0, 3), Uint16Array.of(0x4142, 0x4344, 0x4546));
  assert.deepEqual(image.read("holding", 10, 3), Uint16Array.of(0x003f, 0, 0));
});

test("bits of one number share its registers, in any order", () => {
  const field = { register: 5, type: "uint32", order: "CDAB", unit: "1" };
  const image = createRegisterImage(
    templateWith({ low: { ...field, bits: [0, 3] }, bit: { ...field, bit: 16 }, high: { ...field, bits: [28, 31] } }),
  );
  image.write({ low: 5, bit: 1, high: 9 });
  assert.deepEqual(image.read("holding", 5, 2), Uint16Array.of(0x0005, 0x9001));
  image.write({ bit: 0, low: 255 });
  assert.deepEqual(image.read("holding", 5, 2), Uint16Array.of(0x000f, 0x9000));
});
