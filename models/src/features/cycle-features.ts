import { quantilesOf } from "./quantiles-of.ts";

/** Equal parts of a cycle whose means and spreads are features. */
const parts = 10;
/** Fine parts whose means are features too, where a cycle has at least `finest` values for each: half a second of 60 s at 10 Hz. */
const fineParts = 120;
const finest = 5;
/** A load that fails to come on moves whole parts of a cycle, but hardly its upper quantiles. */
const shares = [0.25, 0.5, 0.75, 0.8, 0.85, 0.9, 0.95, 0.98];

/**
 * Features of one sensor in one cycle, in the order of time: mean and spread of the whole and of ten equal parts, eight quantiles, and of a sensor
 * sampled finely enough the means of 120 parts. The past of the cycle is not used.
 * @param values all values of the cycle, at least ten
 * @returns 30 figures (150 from 600 values on) in the sensor's unit
 */
export function cycleFeatures(values: Float64Array): number[] {
  const coarse = [values, ...split(values, parts)].flatMap((piece) => {
    const mean = meanOf(piece);
    return [mean, Math.sqrt(piece.reduce((sum, value) => sum + (value - mean) ** 2, 0) / piece.length)];
  });
  const fine = values.length >= finest * fineParts ? split(values, fineParts).map(meanOf) : [];
  return [...coarse, ...quantilesOf(values, shares), ...fine];
}

const split = (values: Float64Array, count: number): Float64Array[] =>
  Array.from({ length: count }, (_, i) =>
    values.subarray(Math.floor((i * values.length) / count), Math.floor(((i + 1) * values.length) / count)),
  );

const meanOf = (piece: Float64Array): number => piece.reduce((sum, value) => sum + value, 0) / piece.length;
