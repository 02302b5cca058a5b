import assert from "node:assert/strict";
import { test } from "node:test";
import { JsonPoint } from "@millwright/contract/json-template";
import fc from "fast-check";
import * as v from "valibot";
import { parseJsonReply } from "./json-reply.ts";
import { jsonDecoderOf, pointerOf, replyTimeOf } from "./json-values.ts";

const decode = (point: object, document: unknown) => jsonDecoderOf(v.parse(JsonPoint, { unit: "1", ...point }))(document);
const none = { value: Number.NaN, reason: "sentinel" };
const good = (value: number) => ({ value, reason: null });

test("JSON Pointer: the examples of RFC 6901, section 5", () => {
  const document = { foo: ["bar", "baz"], "": 0, "a/b": 1, "c%d": 2, "e^f": 3, "g|h": 4, "i\\j": 5, 'k"l': 6, " ": 7, "m~n": 8 };
  const expected: [string, unknown][] = [
    ["", document],
    ["/foo", ["bar", "baz"]],
    ["/foo/0", "bar"],
    ["/", 0],
    ["/a~1b", 1],
    ["/c%d", 2],
    ["/e^f", 3],
    ["/g|h", 4],
    ["/i\\j", 5],
    ['/k"l', 6],
    ["/ ", 7],
    ["/m~0n", 8],
  ];
  for (const [pointer, value] of expected) assert.deepEqual(pointerOf(pointer)(document), value, pointer);
  for (const pointer of ["/foo/00", "/foo/-", "/foo/2", "/foo/length", "/bar", "/foo/0/0", "/constructor", "/__proto__/x", "/toString"])
    assert.equal(pointerOf(pointer)(document), undefined, pointer);
});

test("any name, however odd, is found by its escaped pointer", () => {
  const escaped = (name: string): string => name.replaceAll("~", "~0").replaceAll("/", "~1");
  fc.assert(
    fc.property(fc.array(fc.string(), { minLength: 1, maxLength: 4 }), fc.integer(), (names, value) => {
      const document: unknown = JSON.parse(names.reduceRight((inner, name) => `{${JSON.stringify(name)}:${inner}}`, String(value)));
      assert.equal(pointerOf(names.map((name) => `/${escaped(name)}`).join(""))(document), value);
    }),
  );
});

test("numbers, booleans, texts that are numbers, words of the enumeration; all else is no value", () => {
  const at = { pointer: "/v" };
  for (const [v, value] of [
    [7, 7],
    [true, 1],
    [false, 0],
    ["23.4", 23.4],
    [" -1e3 ", -1000],
    ["+  12.5", 12.5],
    [".5", 0.5],
    ["007", 7],
  ] as const)
    assert.deepEqual(decode(at, { v }), good(value), String(v));
  for (const v of [null, "", " ", "n/a", "0x10", "1,5", "1 000", "Infinity", "NaN", "--1", {}, [], [1], Number.POSITIVE_INFINITY])
    assert.deepEqual(decode(at, { v }), none, JSON.stringify(v));
  for (const document of [{}, [], null, 7, "v"]) assert.deepEqual(decode(at, document), none);
  const plan = { ...at, enum: { 0: "stopped", 1: "running" } };
  assert.deepEqual([decode(plan, { v: "running" }), decode(plan, { v: "setup" })], [good(1), none]);
});

test("scale, offset, range and sentinels", () => {
  const point = { pointer: "/v", scale: 0.1, offset: -40, range: [-40, 85], sentinels: [9999] };
  assert.deepEqual(decode(point, { v: 650 }), good(25));
  assert.deepEqual(decode(point, { v: 2000 }), { value: 160, reason: "out_of_range" });
  assert.deepEqual(decode(point, { v: 9999 }), none);
});

test("process data in hexadecimal: types, orders, bit fields, signed and not", () => {
  const value = (hex: unknown, bytes: object): number => decode({ pointer: "/v", bytes }, { v: hex }).value;
  assert.equal(value("03C9", { at: 0, type: "uint16" }), 969);
  assert.equal(value("03 c9 FF", { at: 2, type: "uint8" }), 255);
  assert.equal(value("03c9ff", { at: 2, type: "int8" }), -1);
  assert.equal(value("FF03C9", { at: 1, type: "int16", order: "BADC" }), -14_077);
  assert.equal(value("41c80000", { at: 0, type: "float32" }), 25);
  assert.equal(value("0000c841", { at: 0, type: "float32", order: "DCBA" }), 25);
  // 14 bits of temperature above two switching bits, as many IO-Link sensors pack it.
  assert.equal(value("03C9", { at: 0, type: "uint16", bits: [2, 15] }), 242);
  assert.equal(value("FFF5", { at: 0, type: "int16", bits: [2, 15] }), -3);
  assert.equal(value("03C9", { at: 0, type: "uint16", bits: [0, 0] }), 1);
  assert.equal(value("FFFFFFFE", { at: 0, type: "uint32", bits: [0, 31] }), 4_294_967_294);
  for (const hex of ["", "03C", "03G9", 969, null, "03"]) assert.ok(Number.isNaN(value(hex, { at: 0, type: "uint16" })), String(hex));
});

test("a sentinel of a signed number in hexadecimal is its value or its bits, as in registers", () => {
  const at = (bytes: object, sentinel: number) => ({ pointer: "/v", bytes: { at: 0, ...bytes }, sentinels: [sentinel] });
  for (const sentinel of [-32_768, 0x8000]) assert.deepEqual(decode(at({ type: "int16" }, sentinel), { v: "8000" }), none);
  for (const sentinel of [-128, 0x80]) assert.deepEqual(decode(at({ type: "int8" }, sentinel), { v: "80" }), none);
  for (const sentinel of [-8, 0b1000])
    assert.deepEqual(decode(at({ type: "int16", bits: [4, 7] }, sentinel), { v: "0180" }), none, String(sentinel));
  assert.deepEqual(decode(at({ type: "int64" }, Number(0x7fff_ffff_ffff_ffffn)), { v: "7fffffffffffffff" }), none);
  assert.deepEqual(decode(at({ type: "uint8" }, 0x80), { v: "80" }), none);
  assert.deepEqual(decode(at({ type: "uint16", bits: [4, 7] }, 8), { v: "0070" }), good(7));
});

test("a bit field is what it is in a picture of the bits", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 0xffff_ffff }), fc.nat(31), fc.nat(31), fc.boolean(), (raw, a, b, isSigned) => {
      const [lowest, highest] = [Math.min(a, b), Math.max(a, b)];
      const picture = raw
        .toString(2)
        .padStart(32, "0")
        .slice(31 - highest, 32 - lowest);
      const expected = Number.parseInt(picture, 2) - (isSigned && picture[0] === "1" ? 2 ** picture.length : 0);
      const bytes = { at: 0, type: isSigned ? "int32" : "uint32", bits: [lowest, highest] };
      assert.equal(decode({ pointer: "", bytes }, raw.toString(16).padStart(8, "0")).value, expected);
    }),
  );
});

test("the reply's own time, in three forms; without an offset it is UTC, wherever the box stands", () => {
  const at = (format: "iso" | "epoch_s" | "epoch_ms", t: unknown) => replyTimeOf({ pointer: "/t", format, max_age: 1 })({ t });
  const ms = Date.UTC(2026, 10, 25, 8, 15);
  for (const t of [
    "2026-11-25T08:15",
    "2026-11-25 08:15:00",
    "2026-11-25T08:15:00.000Z",
    "2026-11-25T09:15:00+01:00",
    "2026-11-25T03:15:00-0500",
  ])
    assert.equal(at("iso", t), ms, t);
  assert.equal(at("iso", "2026-11-25"), Date.UTC(2026, 10, 25));
  assert.equal(at("epoch_s", ms / 1_000), ms);
  assert.equal(at("epoch_ms", String(ms)), ms);
  for (const t of [null, "yesterday", "25.11.2026", "2026-13-45T00:00Z", ms]) assert.equal(at("iso", t), null, String(t));
});

const documentOf = (text: string): unknown => {
  const reply = parseJsonReply(text);
  assert.ok(typeof reply !== "string", String(reply));
  return reply.document;
};

test("documents that may be used: not too deep, not too many members, no name twice; __proto__ is a name like any other", () => {
  assert.deepEqual(documentOf('{"a":[1,{"b":"x:{[,\\"y"}]}'), { a: [1, { b: 'x:{[,"y' }] });
  assert.deepEqual(documentOf("7"), 7);
  const deep = (levels: number): string => `${"[".repeat(levels)}${"]".repeat(levels)}`;
  documentOf(deep(64));
  for (const text of [deep(65), deep(500_000)]) assert.equal(parseJsonReply(text), "has more than 64 levels");
  assert.equal(parseJsonReply(`[${"0,".repeat(100_001)}0]`), "has more than 100000 members");
  for (const text of ['{"a":1,"a":2}', '{"a":{"b":1,"b":1}}']) assert.equal(parseJsonReply(text), "names a member twice");
  for (const text of ["", "{", "{'a':1}", "NaN", '{"a":1}x']) assert.equal(parseJsonReply(text), "is not a JSON document", text);
  const document = documentOf('{"__proto__":{"v":1},"a":2}');
  assert.equal(pointerOf("/v")(document), undefined);
  assert.equal(pointerOf("/__proto__/v")(document), 1);
  assert.equal(({} as Record<string, unknown>)["v"], undefined);
});

test("whatever JSON.stringify writes is read back", () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 6 }), (value) =>
      assert.deepEqual(documentOf(JSON.stringify(value)), JSON.parse(JSON.stringify(value))),
    ),
  );
});
