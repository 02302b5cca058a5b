// Every register template there is, served and read back as an agent would.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { type RegisterPoint, RegisterTemplate, registerLength } from "@millwright/contract/register-template";
import { templateFolder } from "@millwright/contract/template-folder";
import * as v from "valibot";
import { parse } from "yaml";
import { createRandom } from "../random/random.ts";
import type { RegisterImage } from "../registers/register-image.ts";
import { decodeRegisters } from "../test-support/decode-registers.ts";
import { createHandClock } from "../test-support/hand-clock.ts";
import { createTemplateDevice } from "./template-device.ts";

const root = fileURLToPath(templateFolder);
const files = readdirSync(root, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".yaml"));
const templates = files
  .map((file): unknown => parse(readFileSync(`${root}/${file}`, "utf8")))
  .filter((document) => ((document as { protocol?: string }).protocol ?? "modbus") === "modbus")
  .map((document) => v.parse(RegisterTemplate, document));

type Registers = Pick<RegisterImage, "read">;
const deviceOf = (template: RegisterTemplate) => {
  const clock = createHandClock();
  const device = createTemplateDevice({ template, unit: 3, random: createRandom(template.template), clock });
  return { clock, device, now: () => device.present() as Registers };
};

function readValue(registers: Registers, point: RegisterPoint, template: RegisterTemplate): number {
  const words = registers.read(point.table, point.register - template.base, registerLength(point));
  assert.ok(words !== null && point.type !== "string");
  const encoding = { type: point.type, order: point.order ?? template.order, scale: 1, offset: 0 };
  const raw = decodeRegisters([...words], encoding);
  const [low, high] = point.bits ?? (point.bit === undefined ? [0, 0] : [point.bit, point.bit]);
  const isField = point.bit !== undefined || point.bits !== undefined;
  const field = isField ? Math.floor(raw / 2 ** low) % 2 ** (high - low + 1) : raw;
  const factor =
    point.scale_factor === undefined ? 1 : 10 ** readValue(registers, template.points[point.scale_factor] as RegisterPoint, template);
  return (field * point.scale + point.offset) * factor;
}

test("every template is served: values in range, no sentinel, moving, identified", () => {
  assert.ok(templates.length >= 20, `${templates.length} templates`);
  for (const template of templates) {
    const { clock, device, now } = deviceOf(template);
    const seen = new Set<string>();
    for (let minute = 0; minute < 5; minute++) {
      clock.turnTo(minute * 61_000);
      const registers = now();
      const values = Object.entries(template.points).filter(([, { type }]) => type !== "string");
      for (const [name, point] of values) {
        const value = readValue(registers, point, template);
        const [low, high] = point.range ?? [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
        const step = Math.abs(point.scale);
        assert.ok(value >= low - step && value <= high + step, `${template.template} ${name} ${value} outside ${low} to ${high}`);
        if (point.enum !== undefined) assert.ok(String(value) in point.enum, `${template.template} ${name} ${value}`);
      }
      seen.add(JSON.stringify(values.map(([, point]) => readValue(registers, point, template))));
      for (const { table, register, type, length, equals } of template.identify) {
        const words = registers.read(table, register - template.base, registerLength({ type, length }));
        assert.ok(words !== null, `${template.template} ${register}`);
        if (type !== "string" && typeof equals === "number")
          assert.equal(decodeRegisters([...words], { type, order: template.order, scale: 1, offset: 0 }), equals);
      }
    }
    assert.ok(seen.size > 1, `${template.template} stands still`);
    assert.equal(device.maxBlock, template.max_block);
  }
});

const made = (points: Record<string, object>, more: object = {}): RegisterTemplate =>
  v.parse(RegisterTemplate, { template: "t/t", title: "T", source: { kind: "ours", title: "T" }, trust: "stated", points, ...more });

test("identity: what identify says, also over a point; a serial number elsewhere; holes stay holes", () => {
  const template = made(
    {
      value: { register: 0, type: "uint16", unit: "1" },
      model: { register: 10, type: "string", length: 4, unit: "1", role: "identity" },
      serial: { register: 20, type: "string", length: 6, unit: "1", role: "identity" },
    },
    {
      identify: [
        { register: 10, type: "string", length: 4, equals: "AB-12" },
        { register: 30, type: "uint16", equals: 77 },
      ],
    },
  );
  const registers = deviceOf(template).now();
  const text = (address: number, count: number): string => {
    const words = registers.read("holding", address, count) as Uint16Array;
    return [...words].map((word) => String.fromCharCode(word >> 8, word & 0xff)).join("");
  };
  assert.equal(text(10, 4), "AB-12\0\0\0");
  assert.equal(text(20, 6), "SIM0003\0\0\0\0\0");
  assert.deepEqual(registers.read("holding", 30, 1), Uint16Array.of(77));
  assert.equal(registers.read("holding", 1, 1), null);
  assert.equal(registers.read("holding", 14, 1), null);
});
