import assert from "node:assert/strict";
import { test } from "node:test";
import { createRandom } from "../random/random.ts";
import { startSensorServer } from "./sensor-server.ts";
import { createVibrationSensor, type Defect } from "./vibration-sensor.ts";
import { impactHz } from "./vibration-signal.ts";

const bearing = { rollers: 16, rollerMm: 8.407, pitchMm: 71.501, contactDeg: 15.17 };

function sensorOf(defects: readonly Defect[], seed = "7") {
  let nowMs = 0;
  let polls = 0;
  const onFirstPoll = (): void => {
    polls += 1;
  };
  const sensor = createVibrationSensor({
    rpm: 2000,
    bearing,
    defects,
    random: createRandom(seed),
    clock: { monotonicMs: () => nowMs },
    onFirstPoll,
  });
  const read = (atMs: number) => {
    nowMs = atMs;
    return sensor.read() as { samples: number[]; shaft_rpm: number; bearing_temperature: number; sample_rate_hz: number };
  };
  return { sensor, read, polls: () => polls };
}

const kurtosis = (samples: readonly number[]): number => {
  const square = samples.reduce((sum, x) => sum + x * x, 0) / samples.length;
  return samples.reduce((sum, x) => sum + x ** 4, 0) / samples.length / square ** 2;
};

test("the published frequencies of the IMS bearing at 2000 rpm", () => {
  const hz = (["outer_race", "inner_race", "rolling_element"] as const).map(
    (kind) => Math.round(10 * impactHz(kind, 2000 / 60, bearing)) / 10,
  );
  assert.deepEqual(hz, [236.4, 296.9, 279.8]);
});

test("a defect grows from its time on, counted from the first request; the same seed gives the same samples", () => {
  const defects: Defect[] = [{ kind: "outer_race", atMs: 10_000, growsOverMs: 10_000 }];
  const hurt = sensorOf(defects);
  const before = hurt.read(5_000);
  assert.equal(hurt.polls(), 1);
  assert.deepEqual([before.samples.length, before.sample_rate_hz], [4096, 20_000]);
  assert.ok(Math.abs(before.shaft_rpm / 2000 - 1) < 0.003 && Math.abs(kurtosis(before.samples) - 3) < 0.4);
  const after = hurt.read(5_000 + 20_000);
  assert.ok(kurtosis(after.samples) > 4 && after.bearing_temperature > before.bearing_temperature + 10, `${kurtosis(after.samples)}`);
  assert.deepEqual(sensorOf(defects).read(5_000).samples, before.samples);
  assert.notDeepEqual(sensorOf(defects, "8").read(5_000).samples, before.samples);
});

test("over HTTP: a document for each unit, 404 for others, 405 for what is no question", async () => {
  const server = await startSensorServer(new Map([[3, sensorOf([]).sensor]]), 0);
  const url = `http://127.0.0.1:${server.port}/sensors`;
  try {
    const reply = await fetch(`${url}/3`);
    assert.equal(((await reply.json()) as { samples: number[] }).samples.length, 4096);
    assert.equal((await fetch(`${url}/4`)).status, 404);
    assert.equal((await fetch(`${url}/3`, { method: "POST" })).status, 405);
  } finally {
    await server.close();
  }
});
