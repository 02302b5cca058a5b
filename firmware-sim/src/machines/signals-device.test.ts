import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { RegisterTemplate } from "@millwright/contract/register-template";
import { templateFolder } from "@millwright/contract/template-folder";
import * as v from "valibot";
import { parse } from "yaml";
import { createRandom } from "../random/random.ts";
import type { RegisterImage } from "../registers/register-image.ts";
import { decodeRegisters } from "../test-support/decode-registers.ts";
import { createHandClock } from "../test-support/hand-clock.ts";
import { createSignalsDevice, signalTemplates } from "./signals-device.ts";

for (const [text, name] of Object.entries(signalTemplates)) {
  test(`${name}: its template names every value, in range and moving`, () => {
    const template = v.parse(RegisterTemplate, parse(readFileSync(new URL(`${name}.yaml`, templateFolder), "utf8")));
    const points = Object.values(template.points);
    assert.equal(points.length, Number(text));
    const clock = createHandClock();
    const device = createSignalsDevice({ points: points.length, unit: 1, random: createRandom("signals"), clock });
    const values = (atMs: number): number[] => {
      clock.turnTo(atMs);
      const registers = device.present() as Pick<RegisterImage, "read">;
      assert.equal(registers.read("holding", 1, 2 * points.length), null);
      assert.equal(registers.read("input", 0, 2), null);
      return points.map(({ register }) => {
        const words = registers.read("holding", register, 2) as Uint16Array;
        return decodeRegisters([...words], { type: "float32", order: "ABCD", scale: 1, offset: 0 });
      });
    };
    const [first, later] = [values(0), values(100)];
    assert.ok([...first, ...later].every((value) => value >= 30 && value <= 70));
    assert.ok(first.every((value, i) => value !== later[i]));
    assert.equal(device.served(), 2);
  });
}
