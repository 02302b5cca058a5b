// The vibration sensors of a scenario → an HTTP server with all of them; none where there are none.

import type { ServedUnit } from "../cli/sim-event.ts";
import { createRandom } from "../random/random.ts";
import type { Scenario, ScenarioSensor } from "../scenario.ts";
import { type SensorServer, startSensorServer } from "../sensors/sensor-server.ts";
import {
  createVibrationSensor,
  type VibrationSensor,
  type VibrationSensorOptions,
  vibrationTemplate,
} from "../sensors/vibration-sensor.ts";

export type OpenSensors = { readonly units: readonly ServedUnit[]; served(): number; close(): Promise<void> };

export type SensorOptions = {
  readonly seed: number;
  readonly clock: VibrationSensorOptions["clock"];
  readonly onFirstPoll: (name: string, sensor: ScenarioSensor) => void;
};

/** @throws Fault where the port cannot be had */
export async function openSensors({ sensors, sensors_port }: Scenario, { seed, clock, onFirstPoll }: SensorOptions): Promise<OpenSensors> {
  const built = Object.entries(sensors).map(([name, sensor]): [string, number, VibrationSensor] => {
    const { rollers, roller_mm, pitch_mm, contact_deg } = sensor.bearing;
    const options = {
      rpm: sensor.rpm,
      bearing: { rollers, rollerMm: roller_mm, pitchMm: pitch_mm, contactDeg: contact_deg },
      defects: sensor.defects.map(({ kind, at, grows_over }) => ({ kind, atMs: at, growsOverMs: grows_over })),
      random: createRandom(`${seed}/${name}/${sensor.seed}`),
    };
    return [name, sensor.unit, createVibrationSensor({ ...options, clock, onFirstPoll: () => onFirstPoll(name, sensor) })];
  });
  const server: SensorServer | null =
    built.length === 0 ? null : await startSensorServer(new Map(built.map(([, unit, sensor]) => [unit, sensor])), sensors_port);
  return {
    units: built.map(([machine, unit]) => ({ port: server?.port ?? null, unit, machine, template: vibrationTemplate })),
    served: () => built.reduce((sum, [, , sensor]) => sum + sensor.served(), 0),
    close: async () => server?.close(),
  };
}
