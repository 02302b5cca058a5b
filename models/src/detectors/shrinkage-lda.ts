// Which class a row of figures belongs to: linear discriminant analysis with the pooled correlations shrunk a little towards none
// (Friedman, "Regularized Discriminant Analysis", J. American Statistical Association 84 (1989), 165–175).
// Answers null, "don't know", where the row lies further from every class than nearly all rows it was learned from.
import { invertSpd } from "./invert-spd.ts";
import { meanOf, quantileOf, spreadOf } from "./statistics.ts";

/** Plain JSON. `centres`, `weights` (precision × way from the first centre): one a class, in units of `scale`; `precision`: P × P, row-major; `limit`: squared distance beyond which a row is of no class. */
export type ShrinkageLda = {
  readonly labels: readonly number[];
  readonly scale: readonly number[];
  readonly centres: readonly (readonly number[])[];
  readonly weights: readonly (readonly number[])[];
  readonly precision: readonly number[];
  readonly limit: number;
};

/** Part of the identity in the shrunk matrix of correlations: as little as keeps it well-conditioned, see decision 0012. */
const shrinkage = 0.001;
/** Share of the learning rows that lie within the limit. */
const knownShare = 0.999;
/** A row not learned from lies further out: the limit is widened by this. */
const limitFactor = 2;
/** A figure whose spread is this small beside its size is rounding, not a measurement. */
const rounding = 1e-9;

/** @param rows N rows of P figures @param truths N labels @throws RangeError when there is no row */
export function learnLda(rows: readonly Float64Array[], truths: readonly number[]): ShrinkageLda {
  const size = rows[0]?.length ?? 0;
  if (size === 0) throw new RangeError("there is no row to learn from");
  const labels = [...new Set(truths)].sort((a, b) => a - b);
  const column = (members: readonly Float64Array[], p: number) => members.map((row) => row[p] as number);
  const raw = labels.map((label) => {
    const members = rows.filter((_, i) => truths[i] === label);
    return Array.from({ length: size }, (_, p) => meanOf(column(members, p)));
  });
  const left = rows.map((row, i) => {
    const centre = raw[labels.indexOf(truths[i] as number)] as number[];
    return row.map((value, p) => value - (centre[p] as number));
  });
  const scale = Array.from({ length: size }, (_, p) => {
    const spread = spreadOf(column(left, p), 0);
    return spread > rounding * Math.abs(raw[0]?.[p] as number) ? spread : 1;
  });
  const scaled = left.map((row) => row.map((value, p) => value / (scale[p] as number)));
  const precision = [...invertSpd(shrunkMoment(scaled, size), size)];
  const centres = raw.map((centre) => centre.map((value, p) => value / (scale[p] as number)));
  const weights = centres.map((centre) => times(precision, away(centre, centres[0] as number[])));
  const open: ShrinkageLda = { labels, scale, centres, weights, precision, limit: Number.POSITIVE_INFINITY };
  const own = rows.map((row) => Math.min(...squaredDistances(open, row)));
  return { ...open, limit: limitFactor * quantileOf(own, knownShare) };
}

/** @returns the nearest class (all classes equally likely beforehand), and the same or null as the answer that may be "don't know" */
export function classify(lda: ShrinkageLda, row: Float64Array): { nearest: number; answer: number | null } {
  const distances = squaredDistances(lda, row);
  const least = Math.min(...distances);
  const nearest = lda.labels[distances.indexOf(least)] as number;
  return { nearest, answer: least <= lda.limit ? nearest : null };
}

/** Squared distance to every class: (x − c)ᵀ P (x − c), from the one to the first class, which alone costs P² steps. */
function squaredDistances({ centres, scale, weights, precision }: ShrinkageLda, row: Float64Array): number[] {
  const first = centres[0] as readonly number[];
  const off = first.map((value, p) => (row[p] as number) / (scale[p] as number) - value);
  const size = off.length;
  let toFirst = 0;
  for (let i = 0; i < size; i += 1) {
    let product = 0.5 * (precision[i * size + i] as number) * (off[i] as number);
    for (let j = 0; j < i; j += 1) product += (precision[i * size + j] as number) * (off[j] as number);
    toFirst += 2 * (off[i] as number) * product;
  }
  return centres.map((centre, k) => {
    const weight = weights[k] as readonly number[];
    return (
      toFirst + weight.reduce((sum, value, p) => sum + value * ((centre[p] as number) - (first[p] as number) - 2 * (off[p] as number)), 0)
    );
  });
}

/** Second moments of rows of mean zero and spread one, with `shrinkage` of the identity, P × P. */
function shrunkMoment(rows: readonly Float64Array[], size: number): Float64Array {
  const moment = new Float64Array(size * size);
  const part = (1 - shrinkage) / rows.length;
  for (const row of rows)
    for (let i = 0; i < size; i += 1) {
      const factor = part * (row[i] as number);
      for (let j = 0; j <= i; j += 1) moment[i * size + j] = (moment[i * size + j] as number) + factor * (row[j] as number);
    }
  for (let i = 0; i < size; i += 1) {
    moment[i * size + i] = (moment[i * size + i] as number) + shrinkage;
    for (let j = 0; j < i; j += 1) moment[j * size + i] = moment[i * size + j] as number;
  }
  return moment;
}

const away = (centre: readonly number[], from: readonly number[]): number[] => centre.map((value, p) => value - (from[p] as number));

const times = (matrix: readonly number[], vector: readonly number[]): number[] =>
  vector.map((_, i) => vector.reduce((sum, value, j) => sum + (matrix[i * vector.length + j] as number) * value, 0));
