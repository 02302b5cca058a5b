import assert from "node:assert/strict";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { RegisterTemplate } from "@millwright/contract/register-template";
import { templateFolder } from "@millwright/contract/template-folder";
import { readYamlFile } from "@millwright/kit/yaml-file";
import { createRandom } from "../random/random.ts";
import { createHandClock } from "../test-support/hand-clock.ts";
import { centrifugalPump } from "./centrifugal-pump.ts";
import { createMachineDevice } from "./machine-device.ts";

const read = readYamlFile(fileURLToPath(new URL(`${centrifugalPump.template}.yaml`, templateFolder)), RegisterTemplate);

test("one row a second from the first request on, the same for every reader, however rarely they look", () => {
  assert.ok(read.ok);
  const template = read.value;
  const looking = (moments: number[]): string[] => {
    const clock = createHandClock();
    clock.turnTo(50_000);
    const device = createMachineDevice({ kind: centrifugalPump, template, unit: 1, ailments: [], random: createRandom("x"), clock });
    assert.equal(device.served(), 0);
    return moments.map((ms) => {
      clock.turnTo(50_000 + ms);
      const registers = device.present();
      return registers === "silent" ? "silent" : String([...(registers.read("holding", 0, 8) ?? [])]);
    });
  };
  const [first, again, next, tenth] = looking([0, 999, 1000, 10_500]) as [string, string, string, string];
  assert.equal(first, again);
  assert.match(first, /^0,1,/);
  assert.match(next, /^0,2,/);
  assert.match(tenth, /^0,11,/);
  assert.equal(looking([0, 10_000])[1], tenth);
});
