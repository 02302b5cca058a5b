// One simulated vibration sensor: what it answers at a moment. Its time begins with the first request. In: a clock, what will go wrong. Out: a document.
import type { Clock } from "@millwright/kit/clock";
import { severityAt } from "../machines/ailment.ts";
import { normal, type Random } from "../random/random.ts";
import { type BearingSize, type DefectKind, defectKinds, sampleRateHz, vibrationWindow } from "./vibration-signal.ts";

/** As an agent's configuration names it. */
export const vibrationTemplate = "sim/vibration-sensor";

export type Defect = { readonly kind: DefectKind; readonly atMs: number; readonly growsOverMs: number };

export type VibrationSensorOptions = {
  readonly rpm: number;
  readonly bearing: BearingSize;
  readonly defects: readonly Defect[];
  readonly random: Random;
  readonly clock: Pick<Clock, "monotonicMs">;
  readonly onFirstPoll: () => void;
};

export type VibrationSensor = {
  /** A new window with every call. */
  read(): object;
  served(): number;
};

/** The load moves the speed, and with it the temperature; both slowly. */
const speedShare = 0.002;
const swingMs = 90_000;
const healthyC = 42;
const hurtC = 18;

export function createVibrationSensor({ rpm, bearing, defects, random, clock, onFirstPoll }: VibrationSensorOptions): VibrationSensor {
  let startMs: number | null = null;
  let served = 0;
  const phase = 2 * Math.PI * random();
  return {
    served: () => served,
    read() {
      if (startMs === null) {
        startMs = clock.monotonicMs();
        onFirstPoll();
      }
      served += 1;
      const atMs = clock.monotonicMs() - startMs;
      const load = Math.sin((2 * Math.PI * atMs) / swingMs + phase);
      const shaftRpm = rpm * (1 - speedShare * load);
      const badness = Object.fromEntries(defectKinds.map((kind) => [kind, worst(defects, kind, atMs)])) as Record<DefectKind, number>;
      const samples = vibrationWindow({ shaftHz: shaftRpm / 60, bearing, severity: badness }, random);
      const hurt = Math.max(badness.outer_race, badness.inner_race, badness.rolling_element);
      return {
        sample_rate_hz: sampleRateHz,
        shaft_rpm: rounded(shaftRpm, 1),
        bearing_temperature: rounded(healthyC + 1.5 * load + hurtC * hurt + 0.1 * normal(random), 2),
        samples: Array.from(samples, (sample) => rounded(sample, 4)),
      };
    },
  };
}

const worst = (defects: readonly Defect[], kind: DefectKind, atMs: number): number =>
  defects.reduce((most, defect) => (defect.kind === kind ? Math.max(most, severityAt(defect, atMs)) : most), 0);

const rounded = (value: number, digits: number): number => Number(value.toFixed(digits));
