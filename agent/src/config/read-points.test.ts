import assert from "node:assert/strict";
import { test } from "node:test";
import { RegisterTemplate } from "@millwright/contract/register-template";
import * as v from "valibot";
import { configReport } from "./config-report.ts";
import { readPoints } from "./read-points.ts";
import { resolvePoints } from "./resolve-points.ts";

const template = v.parse(RegisterTemplate, {
  template: "acme/meter",
  title: "",
  source: { kind: "ours", title: "" },
  trust: "stated",
  base: 1,
  order: "CDAB",
  atomic: [["current", "power", "factor"]],
  points: {
    current: { register: 1, type: "uint32", unit: "A" },
    power: { register: 11, type: "int16", scale_factor: "factor", unit: "kW" },
    factor: { register: 12, type: "int16", unit: "1", role: "context" },
    alarm: { register: 20, type: "uint16", bit: 3, unit: "1" },
    serial: { register: 30, type: "string", length: 4, unit: "1", role: "identity" },
  },
});

test("wire addresses, orders and bits; a scale factor is found among the points, or read along behind them", () => {
  const places = (...names: string[]) =>
    readPoints(template, names).map(({ name, address, order, bits, scaleFactor }) => [name, address, order, bits, scaleFactor]);
  assert.deepEqual(places("factor", "power"), [
    ["factor", 11, "CDAB", undefined, undefined],
    ["power", 10, "CDAB", undefined, 0],
  ]);
  assert.deepEqual(places("power", "alarm"), [
    ["power", 10, "CDAB", undefined, 2],
    ["alarm", 19, "CDAB", [3, 3], undefined],
    ["factor", 11, "CDAB", undefined, undefined],
  ]);
});

test("with only:, the machine has what it asked for; the group holds what is read of it, the scale factor among it", () => {
  const report = configReport((path, message) => ({ file: path.join("."), line: null, column: null, message }));
  const read = { bus: "b", unit: 1, template: "acme/meter", every: 1_000, only: ["alarm", "power"] };
  const { points, sourceOf } = resolvePoints(read, template, [], report);
  assert.deepEqual(
    points.map(({ name }) => name),
    ["power", "alarm"],
  );
  const source = sourceOf(["power", "alarm"]);
  assert.ok(source.protocol === "modbus");
  assert.deepEqual(
    source.points.map(({ name }) => name),
    ["power", "alarm", "factor"],
  );
  assert.deepEqual(source.atomic, [[0, 2]]);
  assert.deepEqual(report.issues, []);
});
