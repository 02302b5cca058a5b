import assert from "node:assert/strict";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { formatIssue, parseYaml, readYamlFile } from "@millwright/kit/yaml-file";
import { placeMachines } from "./plant/place-machines.ts";
import { Scenario } from "./scenario.ts";

test("the demo's scenario: one pump that wears out, one that stays well", () => {
  const read = readYamlFile(fileURLToPath(new URL("../scenarios/two-pumps.yaml", import.meta.url)), Scenario);
  assert.ok(read.ok, JSON.stringify(read));
  assert.deepEqual(read.value.machines["P-101"]?.ailments, [{ kind: "bearing_wear", at: 500_000, grows_over: 600_000 }]);
  assert.deepEqual(read.value.machines["P-102"]?.ailments, []);
});

test("the example of an RTU line, a converter and a fleet can be placed", () => {
  const read = readYamlFile(fileURLToPath(new URL("../scenarios/rtu-line.yaml", import.meta.url)), Scenario);
  assert.ok(read.ok, JSON.stringify(read));
  const { placed, mistakes } = placeMachines(read.value, 1502, read.locate);
  assert.deepEqual(mistakes, []);
  assert.equal(placed.length, 59);
});

test("the example with vibration sensors: one bearing that spalls, one that stays well", () => {
  const read = readYamlFile(fileURLToPath(new URL("../scenarios/vibration.yaml", import.meta.url)), Scenario);
  assert.ok(read.ok, JSON.stringify(read));
  assert.deepEqual(read.value.sensors["P-201"]?.defects, [{ kind: "outer_race", at: 300_000, grows_over: 300_000 }]);
  assert.equal(read.value.sensors["P-202"]?.bearing.rollers, 16);
  const twins = parseYaml("sensors: { A: { unit: 1 }, B: { unit: 1 } }", "s.yaml", Scenario);
  assert.ok(!twins.ok && twins.issues.map(formatIssue).join().includes("another unit for each"));
});

test("mistakes have their place", () => {
  const lines = (text: string): string[] => {
    const read = parseYaml(text, "s.yaml", Scenario);
    return read.ok ? [] : read.issues.map(formatIssue);
  };
  assert.deepEqual(lines("machines:\n  P-1: { kind: centrifugal-pump, unit: 300 }\n"), [
    "s.yaml:2:40  machines.P-1.unit must be a whole number from 1 to 247, not 300",
  ]);
  assert.deepEqual(lines("machines:\n  P-1: { kind: centrifugal-pump, unit: 1, ailment: [] }\n"), [
    's.yaml:2:43  unknown key "ailment". Did you mean "ailments"?',
  ]);
  assert.deepEqual(lines("machines: {}\n"), ["s.yaml:1:1  the file needs at least one machine or sensor"]);
});
