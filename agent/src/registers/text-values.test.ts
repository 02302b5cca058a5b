import assert from "node:assert/strict";
import { test } from "node:test";
import { TextTemplate } from "@millwright/contract/text-template";
import fc from "fast-check";
import * as v from "valibot";
import { LineFramer } from "./line-framer.ts";
import { lineJudge, textDecoderOf } from "./text-values.ts";

const templateOf = (more: object) =>
  v.parse(TextTemplate, {
    template: "acme/scale",
    title: "t",
    source: { kind: "ours", title: "t" },
    trust: "stated",
    protocol: "serial-text",
    points: { a: { field: 1, unit: "1" } },
    ...more,
  });
const judge = (more: object, line: string) => lineJudge(templateOf(more))(line);
const valuesOf = (more: object, line: string): (number | null)[] => {
  const template = templateOf(more);
  const judged = lineJudge(template)(line);
  assert.ok(judged.kind === "line", judged.kind);
  return textDecoderOf(template, Object.keys(template.points))(judged.text).map(({ value }) => (Number.isNaN(value) ? null : value));
};

test("fields between delimiters, numbered from 1; empty, missing and odd ones have no value", () => {
  const points = {
    a: { field: 1, unit: "1" },
    b: { field: 2, unit: "1", scale: 10 },
    c: { field: 3, unit: "1" },
    d: { field: 9, unit: "1" },
  };
  assert.deepEqual(valuesOf({ delimiter: ",", points }, "1,2.5,,x"), [1, 25, null, null]);
  assert.deepEqual(valuesOf({ delimiter: ";", points }, " 1 ; -2 ;3e1"), [1, -20, 30, null]);
  assert.deepEqual(valuesOf({ delimiter: " ", points }, "   23.4     5   6 "), [23.4, 50, 6, null]);
});

test("fields by the names of a regular expression, units and all around them", () => {
  const pattern = "^ST,GS,\\s*(?<weight>[-+ ]*[0-9.]+)\\s*kg(?:,(?<count>\\d+))?$";
  const points = { w: { field: "weight", unit: "kg" }, n: { field: "count", unit: "1" } };
  assert.deepEqual(valuesOf({ pattern, points }, "ST,GS,+   12.34kg"), [12.34, null]);
  assert.deepEqual(valuesOf({ pattern, points }, "ST,GS,-0.5 kg,7"), [-0.5, 7]);
  assert.equal(judge({ pattern, points }, "US,GS,+   12.34kg").kind, "other", "an unstable weight is not for this template");
});

test("words of an enumeration, sentinels and ranges", () => {
  const points = {
    s: { field: 1, unit: "1", enum: { 0: "OK", 3: "FAIL" } },
    t: { field: 2, unit: "Cel", sentinels: [-999], range: [-40, 80] },
  };
  const template = templateOf({ delimiter: ",", points });
  assert.deepEqual(
    textDecoderOf(template, ["t", "s"])("FAIL,99").map(({ value, reason }) => [value, reason]),
    [
      [99, "out_of_range"],
      [3, null],
    ],
  );
  assert.deepEqual(valuesOf({ delimiter: ",", points }, "OK,-999"), [0, null]);
});

test("NMEA 0183: the checksum is right, wrong, or not there; it is no part of the last field", () => {
  const nmea = {
    checksum: "nmea_xor",
    starts_with: "$",
    delimiter: ",",
    points: { hdg: { field: 2, unit: "deg" }, last: { field: 3, unit: "1" } },
  };
  // The sentence and its checksum as printed in many GPS manuals.
  const sentence = "$GPGLL,5300.97914,N,00259.98174,E,125926,A*28";
  assert.equal(judge(nmea, sentence).kind, "line");
  assert.equal(judge(nmea, sentence.replace("N", "S")).kind, "bad_checksum");
  assert.equal(judge(nmea, sentence.replace("*28", "*29")).kind, "bad_checksum");
  assert.equal(judge(nmea, sentence.slice(0, -3)).kind, "malformed");
  assert.equal(judge(nmea, "GPGLL,1*00").kind, "other");
  const line = "$HCHDG,101.1,7";
  const sum = [...line.slice(1)].reduce((xor, char) => xor ^ char.charCodeAt(0), 0).toString(16);
  assert.deepEqual(valuesOf(nmea, `${line}*${sum}`), [101.1, 7]);
});

test("sum8, an echo of what was sent, a NUL", () => {
  const sum8 = { checksum: "sum8", delimiter: ",", points: { a: { field: 1, unit: "1" }, b: { field: 2, unit: "1" } } };
  const sum = [..."1,2,"].reduce((all, char) => all + char.charCodeAt(0), 0);
  assert.deepEqual(valuesOf(sum8, `1,2,${sum.toString(16).toUpperCase()}`), [1, 2]);
  assert.equal(judge(sum8, "1,2,00").kind, "bad_checksum");
  assert.equal(judge(sum8, "zz").kind, "malformed");
  assert.equal(judge({ send: "READ?\r\n", delimiter: "," }, "READ?").kind, "other");
  assert.equal(judge({ delimiter: "," }, "1\0,2").kind, "malformed");
});

test("one changed character never passes the NMEA checksum", () => {
  const nmea = lineJudge(templateOf({ checksum: "nmea_xor", delimiter: "," }));
  const text = fc.stringMatching(/^[ -)+-~]{1,60}$/);
  fc.assert(
    fc.property(text, fc.nat(), fc.integer({ min: 1, max: 127 }), (body, at, flip) => {
      const sum = [...body]
        .reduce((xor, char) => xor ^ char.charCodeAt(0), 0)
        .toString(16)
        .padStart(2, "0");
      assert.equal(nmea(`$${body}*${sum}`).kind, "line");
      const i = at % body.length;
      const changed = body.slice(0, i) + String.fromCharCode(body.charCodeAt(i) ^ flip) + body.slice(i + 1);
      assert.notEqual(nmea(`$${changed}*${sum}`).kind, "line");
    }),
  );
});

test("lines are the same however the bytes are cut", () => {
  const line = fc.stringMatching(/^[a-z]{0,12}$/);
  fc.assert(
    fc.property(
      fc.array(line, { maxLength: 8 }),
      fc.constantFrom("\n", "\r\n", "\r", "END"),
      fc.array(fc.nat(6), { minLength: 1 }),
      (lines, lineEnd, cuts) => {
        const bytes = Buffer.from(`half${lineEnd}${lines.map((text) => text + lineEnd).join("")}`);
        const framer = new LineFramer({ lineEnd, maxBytes: 8 }, "midway");
        const got: string[] = [];
        for (let at = 0, i = 0; at < bytes.length; i++) {
          const end = at + 1 + (cuts[i % cuts.length] as number);
          got.push(...framer.push(bytes.subarray(at, end)));
          at = end;
        }
        assert.deepEqual(
          got,
          lines.filter((text) => text !== "" && text.length <= 8),
        );
        assert.equal(framer.tooLong, lines.filter((text) => text.length > 8).length);
      },
    ),
  );
});

test("a line without an end takes no memory", () => {
  const framer = new LineFramer({ lineEnd: "\r\n", maxBytes: 16 }, "fresh");
  for (let i = 0; i < 1_000; i++) assert.deepEqual(framer.push(Buffer.alloc(10_000, "x")), []);
  assert.deepEqual(framer.push(Buffer.from("x\r")), []);
  assert.deepEqual(framer.push(Buffer.from("\n7\r\n")), ["7"]);
  assert.equal(framer.tooLong, 1);
});
