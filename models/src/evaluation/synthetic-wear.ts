import type { ConditionRow } from "../features/operating-conditions.ts";
import { seededRandom } from "../features/seeded-random.ts";

/** Made-up machines that run to failure after 60–160 cycles: two points that rise with the wear, one of noise, two operating conditions. */
export function syntheticWear({ units, seed }: { units: number; seed: number }): ConditionRow[][] {
  const random = seededRandom(seed);
  const noise = (): number => random() + random() + random() - 1.5;
  return Array.from({ length: units }, () => {
    const cycles = 60 + Math.floor(100 * random());
    return Array.from({ length: cycles }, (_, cycle) => {
      const condition = random() < 0.5 ? 0 : 10;
      const wear = Math.exp(-(cycles - cycle) / 40);
      return { settings: [condition + 0.01 * noise()], values: [condition + 4 * wear + noise(), 50 - 3 * wear + noise(), noise()] };
    });
  });
}
