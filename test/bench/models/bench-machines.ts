// Machines for the bench: learned from simulated rows of 8 points, each with weights of its own. Seeded; no recording is in it.
import { type Detector, learnDetector } from "@millwright/models/detectors/learn-detector";
import type { Row } from "@millwright/models/features/row";

export const benchPoints = Array.from({ length: 8 }, (_, p) => ({ name: `p${p}`, unit: "1" }));

/** @param seed any whole number from 1 */
export function benchRows(seed: number, count: number): Row[] {
  let state = seed;
  const random = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32 - 0.5;
  };
  return Array.from({ length: count }, (_, row) => ({
    atMs: 1000 * row,
    values: Float64Array.from(benchPoints, (_, p) => 10 * (p + 1) + Math.sin(row / (9 + p)) + random()),
  }));
}

export function benchDetector(rows: readonly Row[]): Detector {
  const learned = learnDetector({ points: benchPoints, periodMs: 1000, rows });
  if (!learned.ok) throw new Error(learned.reason);
  return learned.detector;
}
