import assert from "node:assert/strict";
import { test } from "node:test";
import { hintFromSignals } from "./hint-from-signals.ts";

const signal = (point: string, unit: string, more: object = {}) => ({ point, unit, baseline: 40, now: 80, contribution: 0.8, ...more });

test("a bearing that runs hot, a motor that takes another current; nothing else is guessed", () => {
  assert.deepEqual(hintFromSignals([signal("bearing_temperature_de", "Cel")], "fan"), {
    cause: "hot_bearing",
    point: "bearing_temperature_de",
  });
  assert.equal(hintFromSignals([signal("motor_current", "A")], "centrifugal-pump")?.cause, "motor_load");
  for (const [one, machineClass] of [
    [signal("bearing_temperature", "Cel", { now: 20 }), "fan"],
    [signal("bearing_temperature", "Cel", { contribution: 0.4 }), "fan"],
    [signal("bearing_temperature", "Cel", { baseline: null }), "fan"],
    [signal("oil_temperature", "Cel"), "fan"],
    [signal("current", "A"), "test-rig"],
    [signal("vibration_rms", "mm/s"), "motor"],
  ] as const)
    assert.equal(hintFromSignals([one], machineClass), null, one.point);
  assert.equal(hintFromSignals([], "fan"), null);
});
