import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { RegisterTemplate } from "@millwright/contract/register-template";
import { templateFolder } from "@millwright/contract/template-folder";
import { parseYaml } from "@millwright/kit/yaml-file";
import { createRandom } from "../random/random.ts";
import type { Ailment } from "./ailment.ts";
import { centrifugalPump } from "./centrifugal-pump.ts";

const wear: Ailment = { kind: "bearing_wear", atMs: 500_000, growsOverMs: 600_000 };
type Row = Record<string, number>;

function run({ seed = "1", ailments = [], seconds = 1200 }: { seed?: string; ailments?: Ailment[]; seconds?: number } = {}): Row[] {
  const random = createRandom(seed);
  let state = centrifugalPump.start(random);
  return Array.from({ length: seconds }, (_, second) => {
    if (second > 0) state = centrifugalPump.step(state, { dtMs: 1000, ailments, random });
    return centrifugalPump.points(state);
  });
}

const column = (rows: Row[], point: string): number[] => rows.map((row) => row[point] as number);
const mean = (values: number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
const spread = (values: number[]): number => Math.sqrt(mean(values.map((value) => (value - mean(values)) ** 2)));

test("the template has exactly the machine's points and its counter, and can carry every value", () => {
  const text = readFileSync(new URL(`${centrifugalPump.template}.yaml`, templateFolder), "utf8");
  const read = parseYaml(text, "centrifugal-pump.yaml", RegisterTemplate);
  assert.ok(read.ok, JSON.stringify(read));
  const rows = run({ ailments: [wear] });
  assert.deepEqual(Object.keys(read.value.points).toSorted(), [...Object.keys(rows[0] as Row), centrifugalPump.counter].toSorted());
  for (const [name, { range }] of Object.entries(read.value.points)) {
    if (range !== undefined)
      assert.ok(
        column(rows, name).every((value) => value > range[0] && value < range[1]),
        name,
      );
  }
});

test("the same seed gives the same hour; two pumps differ", () => {
  assert.deepEqual(run({ seed: "a", seconds: 300 }), run({ seed: "a", seconds: 300 }));
  assert.notDeepEqual(run({ seed: "a", seconds: 300 }), run({ seed: "b", seconds: 300 }));
});

test("it begins warmed up: nothing drifts on a healthy pump", () => {
  const rows = run({ seconds: 3600 });
  for (const point of ["bearing_temperature_de", "bearing_temperature_nde", "motor_temperature", "vibration_rms_de"]) {
    const values = column(rows, point);
    assert.ok(Math.abs(mean(values.slice(0, 900)) - mean(values.slice(-900))) < 1, point);
  }
});

test("load cycles: flow and current rise together, discharge pressure falls; the hydraulic power never exceeds the electrical", () => {
  const rows = run();
  const high = rows.filter((row) => (row["flow"] as number) > 103);
  const low = rows.filter((row) => (row["flow"] as number) < 95);
  assert.ok(high.length > 200 && low.length > 200);
  assert.ok(mean(column(high, "current_a")) > mean(column(low, "current_a")) + 0.5);
  assert.ok(mean(column(high, "discharge_pressure")) < mean(column(low, "discharge_pressure")) - 0.1);
  for (const row of rows) {
    const hydraulicKw =
      (((row["discharge_pressure"] as number) - (row["suction_pressure"] as number)) * 1e5 * ((row["flow"] as number) / 3600)) / 1000;
    assert.ok(hydraulicKw < (Math.sqrt(3) * 400 * (row["current_a"] as number)) / 1000);
  }
});

test("bearing wear: nothing before it begins; then vibration on the drive end first, temperature after it", () => {
  const healthy = run();
  const worn = run({ ailments: [wear] });
  assert.deepEqual(worn.slice(0, 500), healthy.slice(0, 500));
  const change = (point: string, from: number, to: number): number => {
    const before = column(healthy, point);
    return (mean(column(worn, point).slice(from, to)) - mean(before.slice(from, to))) / spread(before);
  };
  assert.ok(change("vibration_rms_de", 600, 650) > 4);
  assert.ok(change("bearing_temperature_de", 600, 650) < change("vibration_rms_de", 600, 650));
  assert.ok(change("bearing_temperature_de", 1100, 1200) > 20);
  assert.ok(change("current_a", 1100, 1200) > 0.3);
  assert.ok(Math.abs(change("suction_pressure", 1100, 1200)) < 0.5);
});

test("fully worn, it stands above the critical limit; healthy, well below the warning", () => {
  assert.ok(mean(column(run({ ailments: [wear] }), "vibration_rms_de").slice(-60)) > 11);
  assert.ok(Math.max(...column(run(), "vibration_rms_de")) < 3);
});
