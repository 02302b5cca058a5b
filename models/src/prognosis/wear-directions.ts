// Directions in which units wear: of the shifts of all points from a unit's first cycles to its last, those that stand out most from the noise of a row
// (generalised eigenvectors; Fisher 1936). Machines that fail in several ways end in several places, of which one sum that follows all lives says little.
import { invertSpd } from "../detectors/invert-spd.ts";
import { secondMoment } from "../detectors/second-moment.ts";
import { prognosisSettings } from "../settings.ts";

type Rows = readonly (readonly number[])[];
const { most, endCycles, leastVariance, rounds } = prognosisSettings.directions;

/** @param units standardised values [unit][cycle][point] @returns [direction][point], spread 1 in the noise, the farthest first; [] where ends do not stand out */
export function wearDirections(units: readonly Rows[]): number[][] {
  const points = units[0]?.[0]?.length ?? 0;
  const noise = noiseOf(units, points);
  const inverse = invertSpd(noise, points);
  const shifts = units.map(shiftOf);
  const ends = secondMoment(shifts, points);
  const found: number[][] = [];
  while (found.length < most) {
    let direction = shifts[found.length % shifts.length] as number[];
    for (let round = 0; round < rounds; round += 1) {
      direction = found.reduce(
        (left, known) => {
          const along = dot(left, product(noise, known));
          return left.map((weight, p) => weight - along * (known[p] as number));
        },
        product(inverse, product(ends, direction)),
      );
      const length = Math.sqrt(dot(direction, product(noise, direction)));
      direction = direction.map((weight) => weight / length);
    }
    if (!(dot(direction, product(ends, direction)) >= leastVariance)) break;
    found.push(direction);
  }
  return found;
}

/** Of one row, from how much successive rows differ: wear does not count. With the ridge of the indices, so that it can be inverted. */
function noiseOf(units: readonly Rows[], points: number): Float64Array {
  const steps = units.flatMap((rows) =>
    rows.slice(1).map((row, i) => row.map((value, p) => (value - (rows[i]?.[p] as number)) / Math.SQRT2)),
  );
  const noise = secondMoment(steps, points);
  for (let p = 0; p < points; p += 1) noise[p * points + p] = (noise[p * points + p] as number) + prognosisSettings.indexRidge;
  return noise;
}

/** Mean of the last cycles less that of the first. */
function shiftOf(rows: Rows): number[] {
  const count = Math.min(endCycles, Math.floor(rows.length / 2));
  const mean = (part: Rows, p: number): number => part.reduce((sum, row) => sum + (row[p] as number), 0) / Math.max(1, part.length);
  const [first, last] = [rows.slice(0, count), rows.slice(rows.length - count)];
  return (rows[0] ?? []).map((_, p) => mean(last, p) - mean(first, p));
}

const dot = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  let sum = 0;
  for (let i = 0; i < a.length; i += 1) sum += (a[i] as number) * (b[i] as number);
  return sum;
};

const product = (matrix: Float64Array, vector: ArrayLike<number>): number[] =>
  Array.from({ length: vector.length }, (_, i) => dot(matrix.subarray(i * vector.length, (i + 1) * vector.length), vector));
