// A recording of our own making, so that a storm needs no data from elsewhere: four coupled signals of a machine, and a fault towards the end.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createRandom, normal } from "@millwright/firmware-sim/random/random";

export type MadeRecording = { recording: string; profile: string };

const rows = 700;
const onset = 520;

/** Writes `made.csv` and `made.yaml` into `folder`. The same seed gives the same bytes. */
export function makeRecording(folder: string, seed: number): MadeRecording {
  mkdirSync(folder, { recursive: true });
  const random = createRandom(String(seed));
  const lines = ["load,current,vibration,temperature,anomaly"];
  let [load, temperature] = [0, 40];
  for (let row = 0; row < rows; row++) {
    load = 0.95 * load + 0.3 * normal(random);
    temperature += 0.02 * (40 + 2 * load - temperature) + 0.05 * normal(random);
    const wear = row < onset ? 0 : Math.min(1, (row - onset) / 60);
    const current = 12 + 0.8 * load + 0.1 * normal(random);
    const vibration = 2 + 0.15 * load + 0.08 * normal(random) + 1.5 * wear;
    lines.push(
      `${[load + 10, current, vibration, temperature + 3 * wear].map((value) => value.toFixed(4)).join(",")},${row < onset ? 0 : 1}`,
    );
  }
  const recording = join(folder, "made.csv");
  const profile = join(folder, "made.yaml");
  writeFileSync(recording, `${lines.join("\n")}\n`);
  writeFileSync(profile, profileText);
  return { recording, profile };
}

const profileText = `profile: made
time: { format: row }
period: 1s
machine: { name: M-1, class: motor }
learn_rows: 400
points:
  load: { column: load, unit: "%" }
  current: { column: current, unit: A }
  vibration: { column: vibration, unit: mm/s }
  temperature: { column: temperature, unit: °C }
labels: { anomaly: anomaly }
`;
