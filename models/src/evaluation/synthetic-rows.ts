// A simple machine for tests and demonstrations: speed and current cycle with the load, the others follow, all with noise of their own memory.
// From `faultAt` on, vibration and bearing temperature rise slowly. Seeded; nothing of it comes from a recording.
import type { ModelPoint } from "@millwright/contract/model-manifest";
import type { Row } from "../features/row.ts";

const syntheticPoints: readonly ModelPoint[] = [
  { name: "speed", unit: "rpm" },
  { name: "current", unit: "A" },
  { name: "pressure", unit: "bar" },
  { name: "flow", unit: "m3/h" },
  { name: "vibration", unit: "mm/s" },
  { name: "bearing_temperature", unit: "degC" },
];

export type SyntheticOptions = {
  readonly seed: number;
  readonly rows: number;
  /** Rows of one load cycle. */
  readonly cycleRows?: number;
  /** Loads it takes in any order, one a cycle; by default .7 and .9 in turn. */
  readonly loads?: readonly number[];
  /** Row at which the bearing begins to wear; never by default. */
  readonly faultAt?: number;
  /** Rows in which vibration grows by the size of its load swing. */
  readonly faultRows?: number;
};

export function syntheticRows({
  seed,
  rows,
  cycleRows = 80,
  loads,
  faultAt = Number.POSITIVE_INFINITY,
  faultRows = 600,
}: SyntheticOptions): {
  points: readonly ModelPoint[];
  rows: Row[];
  /** The load that was asked for, by row; the machine follows within some twenty. */
  asked: number[];
} {
  const random = generator(seed);
  const noise = new Array<number>(syntheticPoints.length).fill(0);
  let load = 0.7;
  let target = 0.9;
  let heat = 0;
  const asked: number[] = [];
  return {
    points: syntheticPoints,
    asked,
    rows: Array.from({ length: rows }, (_, row) => {
      if (row % cycleRows === 0) target = loads?.[Math.floor(Math.abs(1000 * random())) % loads.length] ?? (target === 0.7 ? 0.9 : 0.7);
      asked.push(target);
      load += 0.15 * (target - load) + 0.004 * random();
      const wear = Math.max(0, (row - faultAt) / faultRows);
      heat += 0.02 * (load + 0.4 * wear - heat);
      for (const [p, value] of noise.entries()) noise[p] = 0.5 * value + random();
      const clean = [2900 - 60 * load, 20 + 30 * load, 8 - 3 * load ** 2, 100 * load, 1.2 + 1.5 * load + 0.6 * wear, 30 + 25 * heat];
      const size = [1.5, 0.3, 0.03, 0.8, 0.06, 0.08];
      return { atMs: 1000 * row, values: Float64Array.from(clean, (value, p) => value + (size[p] as number) * (noise[p] as number)) };
    }),
  };
}

/** Roughly normal figures of mean 0 and spread 1 (sum of four uniforms). */
function generator(seed: number): () => number {
  let state = seed >>> 0 || 1;
  const uniform = (): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state / 2 ** 32;
  };
  return () => (uniform() + uniform() + uniform() + uniform() - 2) * Math.sqrt(3);
}
