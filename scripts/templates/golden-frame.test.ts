import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { checkGoldenFrames } from "@millwright/agent/config/check-golden-frames";
import { configReport } from "@millwright/agent/config/config-report";
import { ByteOrder, NumberType, RegisterTemplate } from "@millwright/contract/register-template";
import { templateFolder } from "@millwright/contract/template-folder";
import * as fc from "fast-check";
// @ts-expect-error: it has no types.
import crc16 from "modbus-serial/utils/crc16.js";
import * as v from "valibot";
import { seeded } from "../../agent/src/registers/test-support/seeded.ts";
import { type FrameValue, goldenFrame } from "./golden-frame.ts";

const head = { template: "acme/meter", title: "", source: { kind: "ours", title: "" }, trust: "stated" } as const;
const templateOf = (points: object, more: object = {}) => v.parse(RegisterTemplate, { ...head, ...more, points });

/** What the agent's decoder finds wrong with a frame that the simulator's encoder made. */
function mistakes(template: RegisterTemplate, register: number, count: number, given: Record<string, FrameValue>): string[] {
  const block = { unit: 1, table: "holding" as const, register, count };
  const { reply, values } = goldenFrame(template, block, given);
  const report = configReport((path, message) => ({ file: path.join("."), line: null, column: null, message }));
  checkGoldenFrames({ ...template, golden: [{ table: "holding", register, count, reply, values, from: "made" }] }, report);
  return report.issues.map(({ message }) => message);
}

test("what the encoder makes of any type, order, scale and offset, the agent decodes", () => {
  const { seed } = seeded("golden frame");
  const point = fc.record({
    type: fc.constantFrom(...NumberType.options),
    order: fc.constantFrom(...ByteOrder.options),
    scale: fc.constantFrom(1, 0.1, 0.01, 2, -0.5),
    offset: fc.constantFrom(0, -40, 273.15),
  });
  fc.assert(
    fc.property(point, fc.integer({ min: -300, max: 300 }), fc.nat(20), (entries, value, lead) => {
      const template = templateOf({ a: { ...entries, register: 100 + lead, unit: "1" } });
      assert.deepEqual(mistakes(template, 100, 40, { a: value }), []);
    }),
    { seed, numRuns: 2_000 },
  );
});

test("bits of one register, scale factors, sentinels and texts", () => {
  const template = templateOf(
    {
      bit: { register: 1, type: "uint16", bit: 15, unit: "1" },
      field: { register: 1, type: "uint16", bits: [4, 7], unit: "1" },
      high: { register: 2, type: "uint64", bits: [40, 63], unit: "1" },
      power: { register: 6, type: "int16", scale: 0.001, scale_factor: "factor", unit: "kW", sentinels: [0x8000] },
      factor: { register: 7, type: "int16", unit: "1" },
      none: { register: 8, type: "float32", unit: "1" },
      serial: { register: 10, type: "string", length: 4, unit: "1", role: "identity" },
    },
    { base: 1, order: "DCBA" },
  );
  const given = { bit: 1, field: 9, high: 0xabcdef, power: -12.34, factor: 1, none: null, serial: "A-17 b" };
  assert.deepEqual(mistakes(template, 1, 13, given), []);
  assert.deepEqual(mistakes(template, 1, 13, { ...given, power: null }), []);
});

test("says what is wrong with what it was given", () => {
  const template = templateOf({
    power: { register: 6, type: "int16", scale_factor: "factor", unit: "kW" },
    factor: { register: 7, type: "int16", unit: "1" },
  });
  const make = (given: Record<string, FrameValue>) => () =>
    goldenFrame(template, { unit: 1, table: "holding", register: 6, count: 1 }, given);
  assert.throws(make({ power: 1 }), /give factor=/);
  assert.throws(make({ factor: 1 }), /does not lie in the block/);
  assert.throws(make({ powr: 1 }), /is not a point/);
  assert.throws(make({ power: null }), /no sentinel/);
  assert.throws(make({ power: "x" }), /is no number/);
  const manual = templateOf({ a: { register: 1, type: "uint16", unit: "1" } }, { base: 1 });
  const before = { unit: 1, table: "holding", register: 0, count: 2 } as const;
  assert.throws(() => goldenFrame(manual, before, { a: 1 }), /register 0 is before the first one, which is 1 here/);
});

test("the program says of a template without registers that frames are for Modbus", () => {
  const program = fileURLToPath(new URL("../golden-frame.ts", import.meta.url));
  const wind = fileURLToPath(new URL("gill/windsonic.yaml", templateFolder));
  const { status, stderr } = spawnSync(process.execPath, [program, wind, "1", "1", "wind_speed=1"], { encoding: "utf8" });
  assert.equal(status, 2);
  assert.match(stderr, /windsonic\.yaml is for serial-text: its golden replies are written as the device sends them, not made\n\nUsage/);
});

test("the frame of the standard's example: unit 17 reads registers 108 to 110; with modbus-serial's CRC", () => {
  // MODBUS Application Protocol V1.1b3 §6.3: 022B 0000 0064.
  const template = templateOf(
    { a: { register: 108, type: "uint16", unit: "1" }, c: { register: 110, type: "uint16", unit: "1" } },
    { base: 1 },
  );
  const { reply } = goldenFrame(template, { unit: 17, table: "holding", register: 108, count: 3 }, { a: 0x22b, c: 100 });
  const bytes = Buffer.from(reply.replaceAll(" ", ""), "hex");
  assert.equal(bytes.subarray(0, -2).toString("hex"), "110306022b00000064");
  assert.equal(bytes.readUInt16LE(9), crc16(bytes.subarray(0, -2)));
});
