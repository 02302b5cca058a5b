import assert from "node:assert/strict";
import { test } from "node:test";
import { type NumberType, type RegisterPoint, RegisterTemplate, registerLength } from "@millwright/contract/register-template";
import { parseYaml } from "@millwright/kit/yaml-file";
import fc from "fast-check";
import { stringify } from "yaml";
import { createRegisterImage } from "../registers/register-image.ts";
import { decodeRegisters } from "../test-support/decode-registers.ts";
import { parsedSineProfile } from "../test-support/sine-recording.ts";
import { scramble } from "./scramble.ts";
import { templateOfRecording } from "./template-of-recording.ts";
import { fileForm } from "./write-template.ts";

const plain = templateOfRecording(parsedSineProfile()) as RegisterTemplate;
const readings = fc.double({ min: -1e6, max: 1e6, noNaN: true }).map((value) => Math.round(value * 1e4) / 1e4);
const numbers = fc.array(fc.oneof(readings, fc.constantFrom(0, 20, 20.001)), { minLength: 1, maxLength: 40 });
const columnsOf = (wave: number[], level: number[]) =>
  new Map([
    ["wave", Float64Array.from(wave)],
    ["level", Float64Array.from(level)],
  ]);

test("any scrambled template is valid, lies in the address space and survives its YAML", () => {
  fc.assert(
    fc.property(numbers, numbers, fc.string(), (wave, level, seed) => {
      const template = scramble(plain, columnsOf(wave, level), seed);
      const read = parseYaml(stringify(fileForm(template)), "t.yaml", RegisterTemplate);
      assert.ok(read.ok, read.ok ? "" : JSON.stringify(read.issues));
      assert.deepEqual(read.value.points, template.points);
      createRegisterImage(read.value);
    }),
  );
});

test("what is on the wire decodes, by the template alone, to within 16 bits of each column's range", () => {
  fc.assert(
    fc.property(numbers, numbers, fc.string(), (wave, level, seed) => {
      const columns = columnsOf(wave, level);
      const template = scramble(plain, columns, seed);
      const image = createRegisterImage(template);
      const shown = (name: string): number => {
        const { register, type, order = "ABCD", scale, offset } = template.points[name] as RegisterPoint;
        const words = image.read("holding", register - template.base, registerLength({ type }));
        return decodeRegisters([...(words as Uint16Array)], { type: type as NumberType, order, scale, offset });
      };
      for (const [row, value] of wave.entries()) {
        image.write({ row: row + 1, wave: value, level: level[row % level.length] as number });
        assert.equal(shown("row"), row + 1);
        assert.ok(Math.abs(shown("wave") - value) <= stepOf(wave), `${shown("wave")} is not ${value}`);
        assert.ok(Math.abs(shown("level") - (level[row % level.length] as number)) <= stepOf(level));
      }
    }),
    { numRuns: 300 },
  );
});

// Half a step of 16 bits, and the rounding of double arithmetic. A column that stands still has steps of its own.
function stepOf(column: readonly number[]): number {
  const [low, high] = [Math.min(...column), Math.max(...column)];
  const range = high > low ? high - low : Math.max(1, Math.abs(low));
  return (range / 65_535) * 0.51 + 1e-9 * Math.max(Math.abs(low), Math.abs(high));
}

test("a seed always gives the same layout; seeds differ in order, place, holes, types and byte orders", () => {
  const columns = columnsOf([1, 2, 3], [4, 5, 6]);
  assert.deepEqual(scramble(plain, columns, "7"), scramble(plain, columns, "7"));
  const many = Array.from({ length: 40 }, (_, seed) => scramble(plain, columns, String(seed)));
  const kinds = (of: (template: RegisterTemplate) => unknown): number => new Set(many.map((template) => JSON.stringify(of(template)))).size;
  assert.ok(kinds(({ points }) => Object.keys(points)) > 3);
  assert.ok(kinds(({ points }) => points["row"]?.register) > 30);
  assert.equal(
    kinds(({ base }) => base),
    2,
  );
  assert.equal(
    kinds(({ points }) => points["wave"]?.type),
    6,
  );
  assert.equal(
    kinds(({ points }) => points["wave"]?.order),
    4,
  );
  assert.ok(many.some(hasHole) && !many.every(hasHole));
});

function hasHole({ points }: RegisterTemplate): boolean {
  const inOrder = Object.values(points).toSorted((a, b) => a.register - b.register);
  return inOrder.some(
    (point, i) => i > 0 && point.register > (inOrder[i - 1] as RegisterPoint).register + registerLength(inOrder[i - 1] as RegisterPoint),
  );
}
